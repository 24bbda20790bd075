import type { Io, Output } from './io.ts'
import { hasColours } from './paint.ts'
import { erase } from './progress.ts'

// Direction marks reorder what a terminal shows; a BOM and soft hyphens hide.
const unprintable = /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu
/** What paint() writes. */
const colour = String.raw`\u001B\[(?:1|2|22|3[1-69])m`
const coloured = new RegExp(`(${colour})|${unprintable.source}`, 'gu')

/**
 * Text of the database or a file, told and not carried out: control characters are written as \u001b, which JSON reads
 * as well. Line ends and tabs stay.
 */
export function printable(text: string, keepsColours = false): string {
  const escaped = (character: string) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return keepsColours
    ? text.replace(coloured, (found, tone?: string) => tone ?? escaped(found))
    : text.replace(unprintable, escaped)
}

/** An output that shows control characters instead of obeying them; colours of Limbeck's own pass where they are wanted. */
export function printableOutput(output: Output, env: Io['env']): Output {
  return {
    isTTY: output.isTTY,
    get columns() {
      return output.columns
    },
    write: (text) => {
      const isTerminal = output.isTTY === true
      // The progress line's own; nothing of another's is written at the beginning.
      const own = isTerminal && text.startsWith(erase) ? erase : ''
      return output.write(own + printable(text.slice(own.length), hasColours(output, env)))
    },
  }
}

/** The same for both. A script goes to the real one: its bytes are for psql. */
export function printableIo(io: Io): Io {
  return {
    ...io,
    stdout: printableOutput(io.stdout, io.env),
    stderr: printableOutput(io.stderr, io.env),
  }
}

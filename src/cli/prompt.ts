import { createInterface, type Interface } from 'node:readline/promises'
import { LimbeckError } from '../errors.ts'
import type { Io } from './io.ts'
import { printable } from './printable.ts'

/** Questions to a person, on stderr; one reader for all of them, so that what is typed ahead is not lost. */
export interface Prompt {
  /** Only `y` and `yes` agree, an end of input or Ctrl-C does not. */
  confirm(question: string): Promise<boolean>
  /** What is typed, without spaces around it; throws LIMBECK_CANCELLED for nothing, unless that `mayBeEmpty`. */
  text(question: string, mayBeEmpty?: boolean): Promise<string>
  /**
   * The index of the choice that is picked: from a list with the arrow keys where the keyboard can be read key by key, else by
   * its number. Throws LIMBECK_CANCELLED when none is.
   */
  choose(question: string, choices: readonly string[]): Promise<number>
  close(): void
}

/** Whether a person can answer: a terminal on both ends of the question. */
export function canAsk({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/** Reads nothing before the first question. */
export function createPrompt(io: Io): Prompt {
  let opened: { readonly reader: Interface; readonly lines: AsyncIterator<string> } | undefined
  /** The next line, or null at an end of input and Ctrl-C. */
  const ask = async (text: string): Promise<string | null> => {
    if (opened === undefined) {
      const reader = createInterface({ input: io.stdin, signal: io.signal })
      opened = { reader, lines: reader[Symbol.asyncIterator]() }
    }
    io.stderr.write(text)
    const { done, value } = await opened.lines.next()
    if (done !== true) return value
    io.stderr.write('\n')
    return null
  }
  /** Two readers of one keyboard would take the keys from each other. */
  const closeReader = () => {
    opened?.reader.close()
    opened = undefined
  }
  return {
    async confirm(question) {
      if (readsKeys(io)) {
        closeReader()
        return await agree(io, question)
      }
      const line = await ask(`${question} [y/N] `)
      return line !== null && /^\s*y(es)?\s*$/i.test(line)
    },
    async text(question, mayBeEmpty = false) {
      const line = (await ask(`${question}: `))?.trim()
      if (line === undefined || (line === '' && !mayBeEmpty)) throw leftOpen()
      return line
    },
    async choose(question, choices) {
      if (readsKeys(io)) {
        closeReader()
        return await pick(io, question, choices)
      }
      io.stderr.write(
        `${question}\n${choices.map((each, at) => `  ${at + 1}. ${each}\n`).join('')}`,
      )
      for (;;) {
        const line = await ask(`Type a number from 1 to ${choices.length}: `)
        if (line === null) throw leftOpen()
        const index = choices.findIndex((_, at) => line.trim() === `${at + 1}`)
        if (index !== -1) return index
      }
    },
    close: closeReader,
  }
}

/** A list with arrow keys: loaded only where it is shown. */
async function pick(io: Io, message: string, choices: readonly string[]): Promise<number> {
  const { isCancel, select } = await import('@clack/prompts')
  const options = choices.map((label, value) => ({ label: printable(label), value }))
  const picked = await select({ message: printable(message), options, ...streams(io) })
  if (isCancel(picked)) throw leftOpen()
  return picked
}

/** Yes or no by their letters or the arrow keys; Enter alone and Ctrl-C are no. */
async function agree(io: Io, message: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({
    message: printable(message),
    initialValue: false,
    ...streams(io),
  })
  return answer === true
}

/** What it draws is not stderr's, which shows control characters instead of obeying them. */
function streams({ stdin, terminal, signal }: Io) {
  return { input: stdin, ...(terminal && { output: terminal }), ...(signal && { signal }) }
}

function readsKeys({ stdin, terminal }: Io): boolean {
  return 'setRawMode' in stdin && typeof stdin.setRawMode === 'function' && terminal !== undefined
}

function leftOpen(): LimbeckError {
  return new LimbeckError('LIMBECK_CANCELLED', 'a question was left open; nothing was done')
}

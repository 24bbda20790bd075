import type { Io, Output } from './io.ts'

const codes = {
  id: [33, 39],
  label: [36, 39],
  mark: [32, 39],
  good: [32, 39],
  bad: [31, 39],
  strong: [1, 22],
  faint: [2, 22],
  lane0: [31, 39],
  lane1: [32, 39],
  lane2: [33, 39],
  lane3: [34, 39],
  lane4: [35, 39],
  lane5: [36, 39],
} as const satisfies Record<string, readonly [number, number]>

/** What a piece of text is; the terminal decides how that looks. */
export type Tone = keyof typeof codes

/** Gives text its colour, or returns it as it is where there are no colours. */
export type Paint = (tone: Tone, text: string) => string

/** No colours: for files, pipes and NO_COLOR. */
export const plain: Paint = (_tone, text) => text

const coloured: Paint = (tone, text) => {
  const [open, close] = codes[tone]
  return text === '' ? '' : `\u001B[${open}m${text}\u001B[${close}m`
}

/** Colours on a terminal that has them, or where FORCE_COLOR asks for them; never when NO_COLOR is set. */
export function hasColours(output: Output, env: Io['env']): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return !/^(?:0|false)$/i.test(env.FORCE_COLOR)
  return output.isTTY === true && env.TERM !== 'dumb'
}

export const paintFor = (output: Output, env: Io['env']): Paint =>
  hasColours(output, env) ? coloured : plain

import pico from 'picocolors'
import type { Io, Output } from './io.ts'

const { red, green, yellow, blue, magenta, cyan, bold, dim } = pico.createColors(true)

const formatters = {
  id: yellow,
  label: cyan,
  mark: green,
  good: green,
  bad: red,
  strong: bold,
  faint: dim,
  lane0: red,
  lane1: green,
  lane2: yellow,
  lane3: blue,
  lane4: magenta,
  lane5: cyan,
} as const

/** What a piece of text is; the terminal decides how that looks. */
export type Tone = keyof typeof formatters

/** Gives text its colour, or returns it as it is where there are no colours. */
export type Paint = (tone: Tone, text: string) => string

/** No colours: for files, pipes and NO_COLOR. */
export const plain: Paint = (_tone, text) => text

const coloured: Paint = (tone, text) => (text === '' ? '' : formatters[tone](text))

/** Colours on a terminal that has them, or where FORCE_COLOR asks for them; never when NO_COLOR is set. */
export function hasColours(output: Output, env: Io['env']): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return !/^(?:0|false)$/i.test(env.FORCE_COLOR)
  return output.isTTY === true && env.TERM !== 'dumb'
}

export const paintFor = (output: Output, env: Io['env']): Paint =>
  hasColours(output, env) ? coloured : plain

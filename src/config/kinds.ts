import { isTimeZone } from '../script/created.ts'
import { type Excluded, excludedKinds } from './autogenerate-options.ts'

/** What may stand in a configuration, in words and as a test. */
export interface Kind {
  readonly name: string
  readonly holds: (value: unknown) => boolean
}

export const text: Kind = { name: 'a string', holds: (value) => typeof value === 'string' }
export const texts: Kind = {
  name: 'an array of strings',
  holds: (value) => Array.isArray(value) && value.every(text.holds),
}
export const truth: Kind = {
  name: 'true or false',
  holds: (value) => typeof value === 'boolean',
}
export const milliseconds: Kind = {
  name: 'a number of milliseconds',
  holds: (value) => typeof value === 'number' && value >= 0,
}
export const callable: Kind = { name: 'a function', holds: (value) => typeof value === 'function' }
export const object: Kind = {
  name: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
export const either = (...kinds: readonly Kind[]): Kind => ({
  name: kinds.map(({ name }) => name).join(' or '),
  holds: (value) => kinds.some(({ holds }) => holds(value)),
})
export const oneOf = (...values: readonly string[]): Kind => ({
  name: values.map((value) => `'${value}'`).join(' or '),
  holds: (value) => values.includes(String(value)),
})

const isPath = (value: unknown) => text.holds(value) || value instanceof URL
const arePaths = (value: unknown) => (Array.isArray(value) ? value.every(isPath) : isPath(value))

function isPostWriteHook(value: unknown): boolean {
  if (!object.holds(value)) return false
  const { command, args, cwd, ...others } = value as Readonly<Record<string, unknown>>
  return (
    typeof command === 'string' &&
    command !== '' &&
    (args === undefined || texts.holds(args)) &&
    (cwd === undefined || text.holds(cwd)) &&
    Object.keys(others).length === 0
  )
}

function isExcluded(value: unknown): boolean {
  if (text.holds(value)) return true
  const { kind, name } = (object.holds(value) ? value : {}) as Partial<Excluded>
  return text.holds(name) && excludedKinds.some((each) => each === kind)
}

export const paths: Kind = { name: 'a path, a file: URL or an array of them', holds: arePaths }
export const postWriteHooks: Kind = {
  name: 'an array of { command, args?, cwd? }',
  holds: (value) => Array.isArray(value) && value.every(isPostWriteHook),
}
export const excluded: Kind = {
  name: 'an array of strings and { kind, name }',
  holds: (value) => Array.isArray(value) && value.every(isExcluded),
}
export const timeZone: Kind = {
  name: "an IANA time zone, such as 'Europe/Berlin'",
  holds: (value) => typeof value === 'string' && isTimeZone(value),
}
/** A whole number, `least` or more. */
export const whole = (least: number): Kind => ({
  name: `a whole number, ${least} or more`,
  holds: (value) => Number.isInteger(value) && Number(value) >= least,
})

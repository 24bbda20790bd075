import { isTimeZone } from '../script/created.ts'
import { type Excluded, excludedKinds } from './autogenerate-options.ts'

/** What may stand in a configuration, in words and as a test. */
export interface Kind {
  readonly name: string
  readonly holds: (value: unknown) => boolean
  /** The words among what it may be, which a near miss is told by. */
  readonly words?: readonly string[]
  /** It is one of the words and nothing else. */
  readonly onlyWords?: true
  /** Of an object: what may stand in it. */
  readonly keys?: Readonly<Record<string, Kind>>
  /** It has to be there. */
  readonly required?: true
  /** What stands there instead may be a password: it is not shown. */
  readonly secret?: true
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
  name: 'a number of milliseconds, 0 or more',
  holds: (value) => Number.isFinite(value) && Number(value) >= 0,
}
export const array: Kind = { name: 'an array', holds: Array.isArray }
export const callable: Kind = { name: 'a function', holds: (value) => typeof value === 'function' }
export const object: Kind = {
  name: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
/** An object of these keys alone, of which `required` have to be there. */
export const group = (
  keys: Readonly<Record<string, Kind>>,
  ...required: readonly string[]
): Kind => ({
  name: `an object { ${Object.keys(keys)
    .map((key) => (required.includes(key) ? key : `${key}?`))
    .join(', ')} }`,
  holds: (value) => object.holds(value) && required.every((key) => key in Object(value)),
  keys,
})
export const either = (...kinds: readonly Kind[]): Kind => {
  const words = kinds.flatMap((kind) => kind.words ?? [])
  const keys = kinds.find((kind) => kind.keys)?.keys
  return {
    name: kinds.map(({ name }) => name).join(' or '),
    holds: (value) => kinds.some(({ holds }) => holds(value)),
    ...(words.length > 0 && { words }),
    ...(keys && { keys }),
  }
}
export const oneOf = (...words: readonly string[]): Kind => ({
  name: words.map((word) => `'${word}'`).join(' or '),
  holds: (value) => typeof value === 'string' && words.includes(value),
  words,
  onlyWords: true,
})
export const required = (kind: Kind): Kind => ({ ...kind, required: true })
export const secret = (kind: Kind): Kind => ({ ...kind, secret: true })

/** Has methods of these names, whatever it is made by. */
const withMethods = (name: string, ...methods: readonly string[]): Kind => ({
  name,
  holds: (value) =>
    (object.holds(value) || callable.holds(value)) &&
    methods.every((method) => callable.holds(Reflect.get(Object(value), method))),
})
export const logger = withMethods(
  'an object with the methods debug, info, warn and error',
  'debug',
  'info',
  'warn',
  'error',
)
export const abortSignal = withMethods('an AbortSignal', 'addEventListener', 'throwIfAborted')

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

import { didYouMean } from '../did-you-mean.ts'
import { LimbeckError } from '../errors.ts'
import { type Kind, object } from './kinds.ts'
import { optionTable, pluginTable } from './option-table.ts'

export type Kinds = Readonly<Record<string, Kind>>

/** How a complaint speaks of options: they stand in a call, or in a file at a line. */
export interface Wording {
  /** Of a value that cannot be. */
  readonly subject: (name: string) => string
  /** Of a name that is not in the table, with the hint where there is more to say than names. */
  readonly unknown: (name: string) => { readonly message: string; readonly hint?: string }
  /** Where it is written. */
  readonly location: (key: string) => { readonly file?: string; readonly line?: number }
  /** Whether the object may be another program's as well: then a name that is like none here is passed over. */
  readonly isShared?: boolean
}

const kindsOf = (table: Readonly<Record<string, { readonly kind: Kind }>>): Kinds =>
  Object.fromEntries(Object.entries(table).map(([name, { kind }]) => [name, kind]))

/** What may stand in a configuration file. */
export const configKinds = kindsOf(optionTable)

/** One object may serve a boot, the commands and the plugin: to each of them the others' options are no mistake. */
export const callKinds: Kinds = { ...configKinds, ...kindsOf(pluginTable) }

const inCall: Wording = {
  subject: (name) => `option ${name}`,
  unknown: (name) => ({ message: `there is no option '${name}'` }),
  location: () => ({}),
}

/**
 * Checks the options that a public entry point is given, before anything is done with them. Throws LIMBECK_INVALID_OPTION for
 * a name that is not among `known`, and for a value of another type or word. The object of a boot may hold what other programs
 * read: there only a name that looks misspelt is refused.
 */
export function checkOptions(options: unknown, known: Kinds = callKinds): void {
  if (!object.holds(options))
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `the options are ${describe(options, true)}, not an object`,
      { hint: 'Give an object, such as `{ url: process.env.DATABASE_URL }`.' },
    )
  checkSettings(options as object, known, { ...inCall, isShared: known === callKinds })
}

/** Names in the object of a boot that are no options. */
export const unreadOptions = (options: object): readonly string[] =>
  Object.keys(options).filter((key) => !Object.hasOwn(callKinds, key))

/** Checks each setting by its kind; those of a group too. `undefined` is as good as absent, which what is required may not be. */
export function checkSettings(settings: object, known: Kinds, wording: Wording, group = ''): void {
  for (const [key, value] of Object.entries(settings)) {
    const kind = Object.hasOwn(known, key) ? known[key] : undefined
    if (kind === undefined) {
      const near = didYouMean(key, Object.keys(known))
      if (wording.isShared && group === '' && near === null) continue
      throw unknownName(`${group}${key}`, key, Object.keys(known), near, wording)
    }
    if (value === undefined) continue
    if (kind.keys && object.holds(value))
      checkSettings(value as object, kind.keys, wording, `${group}${key}.`)
    if (!kind.holds(value)) throw wrongValue(`${group}${key}`, key, kind, value, wording)
  }
  for (const [key, kind] of Object.entries(known))
    if (kind.required && Reflect.get(settings, key) === undefined)
      throw wrongValue(`${group}${key}`, key, kind, undefined, wording)
}

function unknownName(
  name: string,
  key: string,
  known: readonly string[],
  near: string | null,
  { unknown, location }: Wording,
): LimbeckError {
  const { message, hint } = unknown(name)
  return new LimbeckError('LIMBECK_INVALID_OPTION', message, {
    ...location(key),
    hint: hint ?? (near === null ? `There are ${known.join(', ')}.` : `Did you mean '${near}'?`),
  })
}

function wrongValue(
  name: string,
  key: string,
  kind: Kind,
  value: unknown,
  { subject, location }: Wording,
): LimbeckError {
  const near = typeof value === 'string' ? didYouMean(value, kind.words ?? []) : null
  const allowed =
    kind.words && kind.onlyWords
      ? `Use one of: ${kind.words.join(', ')}.`
      : `Give '${name}' ${kind.name}.`
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `${subject(name)} is ${describe(value, kind.secret)}, not ${kind.name}`,
    { ...location(key), hint: near === null ? allowed : `Did you mean '${near}'? ${allowed}` },
  )
}

const shown = 60

/** A value in words; of a secret, and of what is long, its type alone. */
function describe(value: unknown, secret = false): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  const type = typeof value
  if (type === 'number' || type === 'boolean' || type === 'bigint') return `the ${type} ${value}`
  if (type === 'string' && !secret && String(value).length <= shown)
    return `the string ${JSON.stringify(value)}`
  return `${type === 'object' ? 'an' : 'a'} ${type}`
}

import {
  type AutogenerateOptions,
  type Excluded,
  excludedKinds,
} from '../config/autogenerate-options.ts'
import type { FleetOptions } from '../config/fleet-options.ts'
import type { BootOptions } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import { isTimeZone } from '../script/created.ts'
import { didYouMean } from '../script/did-you-mean.ts'
import { checkFileTemplate } from '../script/file-name.ts'
import { ledgerTools } from '../script/ledger-entry.ts'

/** What may stand in a configuration, in words and as a test. */
interface Kind {
  readonly name: string
  readonly holds: (value: unknown) => boolean
}

const text: Kind = { name: 'a string', holds: (value) => typeof value === 'string' }
const texts: Kind = {
  name: 'an array of strings',
  holds: (value) => Array.isArray(value) && value.every(text.holds),
}
const milliseconds: Kind = {
  name: 'a number of milliseconds',
  holds: (value) => typeof value === 'number' && value >= 0,
}
const callable: Kind = { name: 'a function', holds: (value) => typeof value === 'function' }
const object: Kind = {
  name: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
const either = (...kinds: readonly Kind[]): Kind => ({
  name: kinds.map(({ name }) => name).join(' or '),
  holds: (value) => kinds.some(({ holds }) => holds(value)),
})
const oneOf = (...values: readonly string[]): Kind => ({
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

const autogenerate: Readonly<Record<keyof AutogenerateOptions, Kind>> = {
  include: texts,
  exclude: {
    name: 'an array of strings and { kind, name }',
    holds: (value) => Array.isArray(value) && value.every(isExcluded),
  },
  schemas: texts,
  shadowUrl: text,
  hints: text,
  compareType: callable,
  compareDefault: callable,
  operations: callable,
}

const fleet: Readonly<Record<keyof FleetOptions, Kind>> = {
  schemas: either(text, texts),
  databases: either(text, texts),
  urls: either(texts, callable),
  concurrency: {
    name: 'a whole number, 1 or more',
    holds: (value) => Number.isInteger(value) && Number(value) >= 1,
  },
  create: { name: 'true or false', holds: (value) => typeof value === 'boolean' },
}

const kinds: Readonly<Record<keyof BootOptions, Kind>> = {
  url: text,
  migrationUrl: text,
  password: callable,
  ssl: either(
    { name: 'true or false', holds: (value) => typeof value === 'boolean' },
    oneOf('require', 'allow', 'prefer', 'verify-full'),
    object,
  ),
  role: text,
  migrations: { name: 'a path, a file: URL or an array of them', holds: arePaths },
  bundle: object,
  fileTemplate: text,
  timezone: {
    name: "an IANA time zone, such as 'Europe/Berlin'",
    holds: (value) => typeof value === 'string' && isTimeZone(value),
  },
  slugLength: {
    name: 'a whole number, 0 or more',
    holds: (value) => Number.isInteger(value) && Number(value) >= 0,
  },
  postWriteHooks: {
    name: 'an array of { command, args?, cwd? }',
    holds: (value) => Array.isArray(value) && value.every(isPostWriteHook),
  },
  models: either(text, texts, callable, object),
  casing: oneOf('snake_case', 'camelCase'),
  autogenerate: object,
  fleet: object,
  schema: text,
  versionTable: text,
  versionSchema: text,
  ignoreTables: texts,
  adopt: either(callable, object),
  ledger: either(oneOf(...ledgerTools), object),
  transaction: oneOf('step', 'all'),
  lockTimeout: milliseconds,
  lockRetryTimeout: milliseconds,
  waitTimeout: milliseconds,
  connectTimeout: milliseconds,
  applicationVersion: text,
  logger: object,
  signal: object,
  hooks: object,
  onProgress: callable,
  mode: oneOf('upgrade', 'verify', 'wait', 'off'),
  fresh: oneOf('create', 'chain'),
  legacy: oneOf('refuse', 'detect'),
  ahead: oneOf('serve', 'refuse', 'wait'),
  modelsAhead: oneOf('warn', 'refuse'),
  drift: oneOf('off', 'warn'),
  onFinding: callable,
}

/** Of the plugin: they say how a process answers, which no command does. */
const pluginOptions: readonly string[] = [
  'gate',
  'healthPath',
  'healthDetail',
  'retryAfterSeconds',
  'report',
  'onFailure',
]

/**
 * The default export of a configuration file as options. Throws LIMBECK_CONFIG_FAILED when it is no object, and
 * LIMBECK_INVALID_OPTION with the line for a key that does not exist or a value of another type.
 */
export function checkConfig(file: string, source: string, value: unknown): Partial<BootOptions> {
  if (!object.holds(value)) {
    throw new LimbeckError('LIMBECK_CONFIG_FAILED', 'the configuration exports no object', {
      file,
      hint: 'Write `export default { … } satisfies ConfigFile`.',
    })
  }
  const config = value as Partial<BootOptions>
  checkSettings(config, kinds, { file, source, group: '' })
  checkSettings(config.autogenerate ?? {}, autogenerate, { file, source, group: 'autogenerate.' })
  checkSettings(config.fleet ?? {}, fleet, { file, source, group: 'fleet.' })
  return config
}

/** Where settings stand: the file, and the group that they are in. */
interface Written {
  readonly file: string
  readonly source: string
  readonly group: string
}

function checkSettings(
  settings: object,
  known: Readonly<Record<string, Kind>>,
  { file, source, group }: Written,
): void {
  for (const [key, setting] of Object.entries(settings)) {
    const kind = Object.hasOwn(known, key) ? known[key] : undefined
    const place = { file, ...lineOf(source, key) }
    const name = `${group}${key}`
    if (kind === undefined) throw unknownKey(name, Object.keys(known), place)
    if (setting === undefined) continue
    if (kind.holds(setting)) {
      if (name === 'fileTemplate') checkTemplate(String(setting), place)
      continue
    }
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `'${name}' in the configuration is ${describe(setting)}, not ${kind.name}`,
      { ...place, hint: `Give '${name}' ${kind.name}.` },
    )
  }
}

function checkTemplate(template: string, place: Place): void {
  try {
    checkFileTemplate(template)
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    throw new LimbeckError(error.code, error.message, { ...error.details, ...place })
  }
}

interface Place {
  readonly file: string
  readonly line?: number
}

function unknownKey(name: string, known: readonly string[], place: Place): LimbeckError {
  if (pluginOptions.includes(name))
    return new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `'${name}' is an option of the plugin, not of the configuration`,
      { ...place, hint: `Give it where the service starts: \`{ ...config, url, ${name}: … }\`.` },
    )
  const near = didYouMean(name.replace(/^.*\./, ''), known)
  return new LimbeckError('LIMBECK_INVALID_OPTION', `the configuration has no setting '${name}'`, {
    ...place,
    hint: near === null ? `Settings are ${known.join(', ')}.` : `Did you mean '${near}'?`,
  })
}

/** Where the key is written, unless it was put together in some other way. */
function lineOf(source: string, key: string): { readonly line?: number } {
  const lines = source.split('\n')
  const at = lines.findIndex((line) => {
    const rest = line.trimStart().replace(/^["']/, '')
    return rest.startsWith(key) && /^["']?\s*[:,(]/.test(rest.slice(key.length))
  })
  return at === -1 ? {} : { line: at + 1 }
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean'
    ? `the ${type} ${JSON.stringify(value)}`
    : `${type === 'object' ? 'an' : 'a'} ${type}`
}

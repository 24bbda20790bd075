import { type Kind, object } from '../config/kinds.ts'
import { autogenerateKinds, fleetKinds, optionTable, pluginTable } from '../config/option-table.ts'
import type { BootOptions } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import { didYouMean } from '../script/did-you-mean.ts'
import { checkFileTemplate } from '../script/file-name.ts'

const kinds: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries(optionTable).map(([name, { kind }]) => [name, kind]),
)

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
  checkSettings(config.autogenerate ?? {}, autogenerateKinds, {
    file,
    source,
    group: 'autogenerate.',
  })
  checkSettings(config.fleet ?? {}, fleetKinds, { file, source, group: 'fleet.' })
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
    const location = { file, ...lineOf(source, key) }
    const name = `${group}${key}`
    if (kind === undefined) throw unknownKey(name, Object.keys(known), location)
    if (setting === undefined) continue
    if (kind.holds(setting)) {
      if (name === 'fileTemplate') checkTemplate(String(setting), location)
      continue
    }
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `'${name}' in the configuration is ${describe(setting)}, not ${kind.name}`,
      { ...location, hint: `Give '${name}' ${kind.name}.` },
    )
  }
}

function checkTemplate(template: string, location: Location): void {
  try {
    checkFileTemplate(template)
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    throw new LimbeckError(error.code, error.message, { ...error.details, ...location })
  }
}

interface Location {
  readonly file: string
  readonly line?: number
}

function unknownKey(name: string, known: readonly string[], location: Location): LimbeckError {
  if (Object.hasOwn(pluginTable, name))
    return new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `'${name}' is an option of the plugin, not of the configuration`,
      {
        ...location,
        hint: `Give it where the service starts: \`{ ...config, url, ${name}: … }\`.`,
      },
    )
  const near = didYouMean(name.replace(/^.*\./, ''), known)
  return new LimbeckError('LIMBECK_INVALID_OPTION', `the configuration has no setting '${name}'`, {
    ...location,
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

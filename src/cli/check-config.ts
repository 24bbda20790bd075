import { checkSettings, configKinds, type Wording } from '../config/check-options.ts'
import { object } from '../config/kinds.ts'
import { pluginTable } from '../config/option-table.ts'
import type { BootOptions } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import { checkFileTemplate } from '../script/file-name.ts'

/**
 * The default export of a configuration file as options. Throws LIMBECK_CONFIG_FAILED when it is no object, and
 * LIMBECK_INVALID_OPTION with the line for a key that does not exist or a value of another type.
 */
export function checkConfig(file: string, source: string, value: unknown): Partial<BootOptions> {
  if (!object.holds(value)) {
    throw new LimbeckError('LIMBECK_CONFIG_FAILED', 'the configuration exports no object', {
      file,
      hint: howToExport(file),
    })
  }
  const config = value as Partial<BootOptions>
  const wording = wordingIn(file, source)
  checkSettings(config, configKinds, wording)
  if (config.fileTemplate !== undefined)
    checkTemplate(config.fileTemplate, wording.location('fileTemplate'))
  return config
}

/** How a configuration is exported: in JavaScript there are no types. */
export const howToExport = (file: string): string =>
  file.endsWith('.ts')
    ? 'Write `export default { … } satisfies ConfigFile`.'
    : 'Write `export default { … }`.'

const wordingIn = (file: string, source: string): Wording => ({
  subject: (name) => `'${name}' in the configuration`,
  unknown: (name) =>
    Object.hasOwn(pluginTable, name)
      ? {
          message: `'${name}' is an option of the plugin, not of the configuration`,
          hint: `Give it where the service starts: \`{ ...config, url, ${name}: … }\`.`,
        }
      : { message: `the configuration has no setting '${name}'` },
  location: (key) => ({ file, ...lineOf(source, key) }),
})

function checkTemplate(template: string, location: ReturnType<Wording['location']>): void {
  try {
    checkFileTemplate(template)
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    throw new LimbeckError(error.code, error.message, { ...error.details, ...location })
  }
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

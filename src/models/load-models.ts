import path from 'node:path'
import type { Models } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import { loadModule } from '../script/load.ts'

/** What models declare, read in this process; the generator is only loaded here. Throws as loadModels(), and LIMBECK_UNSUPPORTED_MODEL. */
export async function loadSchema(models: Models, casing: Config['casing']): Promise<Schema> {
  const [{ schemaFromModels }, namespace] = await Promise.all([
    import('./from-drizzle/schema-from-models.ts'),
    loadModels(models),
  ])
  return schemaFromModels(namespace, casing ? { casing } : {})
}

/** The models as a module namespace. Throws LIMBECK_LOAD_FAILED when importing them fails. */
export async function loadModels(models: Models): Promise<Readonly<Record<string, unknown>>> {
  if (typeof models === 'string') return await loadModule(path.resolve(models))
  if (typeof models !== 'function') return models
  try {
    return await (models as () => Promise<Readonly<Record<string, unknown>>>)()
  } catch (cause) {
    throw new LimbeckError(
      'LIMBECK_LOAD_FAILED',
      `the models cannot be imported: ${String(cause)}`,
      {
        cause,
      },
    )
  }
}

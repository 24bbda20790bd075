import path from 'node:path'
import { LimbeckError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import { loadModule } from '../script/load.ts'
import type { Config } from './config.ts'
import type { Models } from './options.ts'

/** What models declare, read in this process; the generator is only loaded here. Throws as loadModels(), and LIMBECK_UNSUPPORTED_MODEL. */
export async function loadSchema(models: Models, casing: Config['casing']): Promise<Schema> {
  const [{ schemaFromModels }, namespace] = await Promise.all([
    import('../autogenerate/from-drizzle.ts'),
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

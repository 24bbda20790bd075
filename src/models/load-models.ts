import path from 'node:path'
import type { Models } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import { type Exports, loadModule } from '../script/load.ts'
import { findModels, type ModelPaths, type ModelSources } from './find-models.ts'
import { requireDrizzle } from './require-drizzle.ts'

/** What models declare, read in this process; the generator is only loaded here. Throws as loadModels(), LIMBECK_DRIZZLE_VERSION and LIMBECK_UNSUPPORTED_MODEL. */
export async function loadSchema(models: Models, casing: Config['casing']): Promise<Schema> {
  const [{ schemaFromModels }, namespace] = await Promise.all([
    import('./from-drizzle/schema-from-models.ts'),
    loadModels(models),
    requireDrizzle(),
  ])
  return schemaFromModels(namespace, casing ? { casing } : {})
}

/** The models as a module namespace; several modules are put together. Throws LIMBECK_LOAD_FAILED when importing them fails. */
export async function loadModels(models: Models): Promise<Readonly<Record<string, unknown>>> {
  if (arePaths(models)) return await loadSources(findModels(models))
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

/** Whether models are named by where they are, so that they can be read in another process. */
export function arePaths(models: Models): models is ModelPaths {
  return typeof models === 'string' || Array.isArray(models)
}

/** Imports the modules one after the other: what one of them throws is told with its name. */
export async function loadSources({ sources, root }: ModelSources): Promise<Exports> {
  const all: Record<string, unknown> = {}
  for (const source of sources) {
    const exports = await loadModule(source, root)
    for (const [name, value] of Object.entries(exports)) {
      const isTaken = name in all && all[name] !== value
      all[isTaken ? `${name} of ${path.basename(source)}` : name] = value
    }
  }
  return all
}

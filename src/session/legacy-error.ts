import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'

/** LIMBECK_LEGACY_DATABASE: what was found, and the command that adopts it. */
export function legacyDatabase(
  config: Pick<Config, 'schema'>,
  { map, scripts }: Revisions,
  tables: readonly string[],
): LimbeckError {
  const base = map.bases[0] ?? '<revision>'
  const shown = tables.length > 6 ? `${tables.slice(0, 6).join(', ')} …` : tables.join(', ')
  return new LimbeckError(
    'LIMBECK_LEGACY_DATABASE',
    `schema ${config.schema} has ${tables.length} table(s) but no version row: ${shown}. Nothing was changed.`,
    {
      revision: base,
      hint: `If it has the schema of ${base} (${scripts.get(base)?.message ?? 'the first revision'}), adopt it: \`npx limbeck stamp ${base}\`. To find out which revision it equals: \`npx limbeck stamp --detect\`. If the tables are another service's, name them in ignoreTables.`,
    },
  )
}

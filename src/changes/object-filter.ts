import type { IsCompared } from '../autogenerate/compared.ts'
import { matchesAny } from '../config/name-pattern.ts'
import type { Config } from '../config/resolve-config.ts'

const filtered = new Set(['table', 'view', 'enum', 'sequence'])

/** Which objects are compared: what `include` and `exclude` let through, without the tables of `ignoreTables`. */
export function comparedObjects({
  autogenerate: { include = ['*'], exclude = [] },
  ignoreTables,
  schema: target,
}: Pick<Config, 'autogenerate' | 'ignoreTables' | 'schema'>): IsCompared {
  return ({ kind, schema = target, name }) => {
    // What belongs to a table goes with it.
    if (!filtered.has(kind)) return true
    if (kind === 'table' && schema === target && matchesAny(ignoreTables, name)) return false
    const fits = (patterns: readonly string[]) =>
      matchesAny(patterns, name) || matchesAny(patterns, `${schema}.${name}`)
    return fits(include) && !fits(exclude)
  }
}

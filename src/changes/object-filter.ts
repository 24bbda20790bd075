import type { IsCompared } from '../autogenerate/compared.ts'
import { type Excluded, excludedKinds } from '../config/autogenerate-options.ts'
import { matchesAny } from '../config/name-pattern.ts'
import type { Config } from '../config/resolve-config.ts'
import { ledgerTables } from '../ledger/ledger-table.ts'

const whole = new Set(['table', 'view', 'enum', 'sequence'])

/**
 * Which objects are compared: what `include` and `exclude` let through, without the tables of `ignoreTables` and those in which
 * the tool of `ledger` keeps what it has run.
 */
export function comparedObjects({
  autogenerate: { include = ['*'], exclude = [] },
  ignoreTables,
  ledger,
  schema: target,
}: Pick<Config, 'autogenerate' | 'ignoreTables' | 'ledger' | 'schema'>): IsCompared {
  const excluded = exclude.map(excludedOf)
  const ledgers = ledgerTables(ledger, target)
  return ({ kind, schema = target, table, name }) => {
    const isWhole = whole.has(kind)
    const names = isWhole
      ? [name, `${schema}.${name}`]
      : [name, `${table}.${name}`, `${schema}.${table}.${name}`]
    const fits = (patterns: readonly string[]) => names.some((each) => matchesAny(patterns, each))
    // What belongs to a table goes with it, unless its own kind is named.
    const patterns = excluded.filter((one) => one.kind === kind || (isWhole && !one.kind))
    if (fits(patterns.map((one) => one.name))) return false
    if (!isWhole) return true
    if (kind === 'table' && schema === target && matchesAny(ignoreTables, name)) return false
    if (kind === 'table' && ledgers.some((one) => one.schema === schema && one.table === name))
      return false
    return fits(include)
  }
}

/** `index:name` says the kind too. */
function excludedOf(given: string | Excluded): Partial<Excluded> & Pick<Excluded, 'name'> {
  if (typeof given !== 'string') return given
  const kind = excludedKinds.find((each) => given.startsWith(`${each}:`))
  return kind === undefined ? { name: given } : { kind, name: given.slice(kind.length + 1) }
}

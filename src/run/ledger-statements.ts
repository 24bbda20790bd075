import type { Config } from '../config/resolve-config.ts'
import { ensureLedgerStatement, type LedgerChange, ledgerStatement } from '../ledger/keep.ts'
import { type LedgerLocation, locateLedger } from '../ledger/ledger-table.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { appliedSet } from '../revision/rows.ts'
import { isBaseline, type LedgerEntry } from '../script/ledger-entry.ts'
import type { Revisions } from '../script/revisions.ts'
import type { CompiledStep } from './compile-step.ts'

/** The ledger that is kept in step, or undefined. */
export function keptLedger({ ledger, schema }: Config): LedgerLocation | undefined {
  return ledger?.keep ? locateLedger(ledger.tool, ledger, schema) : undefined
}

/**
 * Makes what is missing of the ledger that is kept in step, also what `rows` have been without it; none where none is kept, or
 * no revision is known to it.
 */
export function ensureLedger(
  config: Config,
  revisions: Revisions,
  rows: readonly string[],
): readonly string[] {
  const { scripts, map } = revisions
  const location = keptLedger(config)
  const known = [...scripts.values()].find(({ ledger }) => isKept(ledger, location))
  if (location === undefined || known?.ledger === undefined) return []
  const applied = appliedSet(
    map,
    rows.filter((row) => map.nodes.has(row)),
  )
  return [
    ensureLedgerStatement(location, /^\d{14}/.test(known.ledger.name)),
    ...ledgerStatements(config, 'known', revisions, applied),
  ]
}

/** What a step does to the ledger, in its own transaction. */
export function ledgerStepStatements(
  config: Config,
  { script, move, previous }: CompiledStep,
): readonly string[] {
  const { ledger: entry, message } = script
  const kind = move.step.direction === 'upgrade' ? 'new' : 'gone'
  return entry === undefined ? [] : changed(config, [{ kind, entry, message, previous }])
}

/** The same for revisions that nothing is run of, in the order in which they would be. */
export function ledgerStatements(
  config: Config,
  kind: LedgerChange['kind'],
  { scripts, map }: Revisions,
  ids: Iterable<string>,
): readonly string[] {
  if (keptLedger(config) === undefined) return []
  const wanted = new Set(ids)
  const changes = planUpgrade(map, [], 'heads').flatMap(({ revision }): LedgerChange[] => {
    const script = scripts.get(revision)
    if (script?.ledger === undefined || !wanted.has(revision)) return []
    const { ledger: entry, message } = script
    return [{ kind, entry, message, previous: previousEntry({ scripts }, script) }]
  })
  return changed(config, kind === 'gone' ? changes.toReversed() : changes)
}

/** What the ledger knew before the revision was run. */
export function previousEntry(
  { scripts }: Pick<Revisions, 'scripts'>,
  { parents }: { readonly parents: readonly string[] },
): LedgerEntry | null {
  return scripts.get(parents[0] ?? '')?.ledger ?? null
}

function changed(config: Config, changes: readonly LedgerChange[]): readonly string[] {
  const location = keptLedger(config)
  if (location === undefined) return []
  const known = changes.filter(({ entry }) => isKept(entry, location))
  return known.length === 0 ? [] : [ledgerStatement(location, known)]
}

/** A baseline has no row of its own: what the tool ran before it has. */
function isKept(entry: LedgerEntry | undefined, location: LedgerLocation | undefined): boolean {
  return entry !== undefined && entry.tool === location?.tool && !isBaseline(entry)
}

import type { Config } from '../config/resolve-config.ts'
import { type LedgerChange, ledgerStatement } from '../ledger/keep-drizzle.ts'
import { type LedgerLocation, locateLedger } from '../ledger/ledger-table.ts'
import type { Direction } from '../revision/revision.ts'
import type { Script } from '../script/script.ts'

/** The ledger that is kept in step, or undefined. */
export function keptLedger({ ledger, schema }: Config): LedgerLocation | undefined {
  return ledger?.keep ? locateLedger(ledger.tool, ledger, schema) : undefined
}

/** What a step does to the ledger, in its own transaction. */
export function ledgerStepStatements(
  config: Config,
  script: Script,
  direction: Direction,
): readonly string[] {
  return ledgerStatements(config, direction === 'upgrade' ? 'new' : 'gone', [script])
}

/** The same for revisions that nothing is run of. */
export function ledgerStatements(
  config: Config,
  kind: LedgerChange['kind'],
  scripts: Iterable<Script | undefined>,
): readonly string[] {
  const location = keptLedger(config)
  if (location === undefined) return []
  const changes = [...scripts].flatMap((script): LedgerChange[] =>
    script?.ledger?.tool === location.tool ? [{ kind, entry: script.ledger }] : [],
  )
  return changes.length === 0 ? [] : [ledgerStatement(location, changes)]
}

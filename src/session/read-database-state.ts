import { matchesAny } from '../config/name-pattern.ts'
import { type DatabaseFacts, readFacts } from '../database/read-facts.ts'
import { debug } from '../debug.ts'
import { ledgerTableNames } from '../ledger/ledger-table.ts'
import type { Revisions } from '../script/revisions.ts'
import { classify, type DatabaseState } from './classify.ts'
import { recordedState } from './recorded-state.ts'
import type { Session } from './session.ts'

/** A state and the rows it was told from. */
export interface StateAndFacts {
  readonly state: DatabaseState
  readonly rows: readonly string[]
  readonly facts: DatabaseFacts
}

/**
 * Looks at the catalog, the version rows and the history; inside the lock it is the truth. `asked` is the look that is under way
 * already. Throws what classify() throws.
 */
export async function readDatabaseState(
  session: Session,
  revisions: Revisions,
  asked?: Promise<DatabaseFacts>,
): Promise<StateAndFacts> {
  const { config, connection } = session
  const found = await (asked ?? readFacts(connection, config.tables, config.schema))
  const { rows, interrupted, inventory, records } = found
  const ignored = [...config.ignoreTables, ...ledgerTableNames(config)]
  const state = classify(revisions.map, {
    rows,
    interrupted,
    userTables: inventory.userTables.filter((table) => !matchesAny(ignored, table)),
    records,
    isStampedBase: found.isStampedBase,
  })
  const recorded = await recordedState(session, revisions, state, {
    rows: rows ?? [],
    records,
    isStampedBase: found.isStampedBase,
  })
  debug('decided: the database is %s', (recorded ?? state).is)
  return { state: recorded ?? state, rows: rows ?? [], facts: found }
}

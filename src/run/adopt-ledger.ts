import { type DatabaseFacts, readFacts } from '../database/read-facts.ts'
import { rowChanges } from '../revision/row-changes.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Recorded } from '../session/classify.ts'
import type { StateAndFacts } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'
import { writeStamp } from './write-stamp.ts'

/** Writes down what another tool's ledger proves, and looks again. To be called under the lock. */
export async function adoptRecorded(
  session: Session,
  revisions: Revisions,
  { state, rows, facts: found }: StateAndFacts & { readonly state: Recorded },
): Promise<DatabaseFacts> {
  const { config, connection } = session
  const { to, ledger } = state
  const changes = rowChanges(
    rows.filter((row) => !to.includes(row)),
    to.filter((row) => !rows.includes(row)),
  )
  await writeStamp(session, revisions, found.inventory, {
    from: rows,
    to,
    changes,
    direction: 'adopt',
    isRecorded: true,
  })
  config.logger.info({ from: rows, to }, `${ledger} says where the database is: adopted`)
  return await readFacts(connection, config.tables, config.schema)
}

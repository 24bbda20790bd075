import { readFacts } from '../database/read-facts.ts'
import { rowChanges } from '../revision/row-changes.ts'
import { appliedSet } from '../revision/rows.ts'
import { type Ran, upgradeTo } from '../run/run-plan.ts'
import { writeStamp } from '../run/write-stamp.ts'
import { detectRows } from '../scratch/detect-revision.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'

/** A run on top of what was found to be there. */
export interface Adopted extends Ran {
  readonly stamped: readonly string[]
}

/** What an error may put into a log. */
const longestSql = 8_000

/** Stamps a database without version rows as the revision that its schema equals, and upgrades it. Throws what detectRows() throws. */
export async function adoptDatabase(session: Session, revisions: Revisions): Promise<Adopted> {
  const { config, connection } = session
  const read = () => readFacts(connection, config.tables, config.schema)
  const found = await read()
  const rows = await detectRows(session, revisions, { longestSql })
  await writeStamp(session, revisions, found.inventory, {
    from: [],
    to: rows,
    changes: rowChanges([], rows),
    direction: 'adopt',
  })
  const stamped = [...appliedSet(revisions.map, rows)]
  return { ...(await upgradeTo(session, revisions, 'heads', await read())), stamped }
}

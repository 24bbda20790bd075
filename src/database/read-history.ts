import type { RecordedMove } from '../revision/applied-order.ts'
import type { HistoryEntry } from '../revision/history-entry.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { ownTables, refuseStrangers, sentry, strangersIn } from './own-tables.ts'
import { denied } from './read-state.ts'
import { isMissing } from './server-error.ts'
import { historyName, type Tables } from './tables.ts'

/** What of a revision's entry deciding and planning ask for. */
export type NewestEntry = Pick<
  RevisionEntry,
  'revision' | 'direction' | 'hash' | 'compatible' | 'rowsBefore' | 'rowsAfter' | 'at'
>

/** How a revision came to count as applied, with what undoes it. */
export type AppliedEntry = Omit<RevisionEntry, 'compatible' | 'headOf'>

type RevisionEntry = HistoryEntry & { readonly revision: string }

const move =
  'revision, direction, to_json(rows_before) AS "rowsBefore", to_json(rows_after) AS "rowsAfter", started_at::text AS at'

const own = ({ version }: Tables) => `version_table = ${quoteLiteral(version)}`

/** The newest entry of every revision that the history contains; none where there is no history table yet. */
export async function readNewestEntries(
  connection: Connection,
  tables: Tables,
  has: { readonly history: boolean } = { history: true },
): Promise<ReadonlyMap<string, NewestEntry>> {
  if (!has.history) return new Map()
  const entries = connection.ask<NewestEntry & Row>(`${sentry(ownTables(tables))};
SELECT DISTINCT ON (revision) ${move}, hash, compatible
FROM ${historyName(tables)}
WHERE ${own(tables)} AND revision IS NOT NULL
ORDER BY revision, id DESC`)
  const rows = await entries.catch((error: unknown) => {
    refuseStrangers(tables, strangersIn(error), [])
    if (isMissing(error)) return []
    throw error
  })
  return new Map(rows.map((row) => [row.revision, row]))
}

/** The newest entry of each revision that was not undone since, oldest first. Throws LIMBECK_PERMISSION_DENIED. */
export async function readAppliedEntries(
  connection: Connection,
  tables: Tables,
): Promise<readonly AppliedEntry[]> {
  const entries = connection.ask<AppliedEntry & Row>(`
SELECT ${move}, hash, downgrade_sql AS "downgradeSql", transactional
FROM (SELECT DISTINCT ON (revision) * FROM ${historyName(tables)}
      WHERE ${own(tables)} AND revision IS NOT NULL
      ORDER BY revision, id DESC) AS newest
WHERE direction <> 'downgrade' ORDER BY id`)
  return await entries.catch(noneOrDenied)
}

/** The whole history of these version rows, newest entry first. Throws LIMBECK_PERMISSION_DENIED. */
export async function readMoves(
  connection: Connection,
  tables: Tables,
): Promise<readonly RecordedMove[]> {
  const entries = connection.ask<RecordedMove & Row>(`
SELECT ${move} FROM ${historyName(tables)} WHERE ${own(tables)} ORDER BY id DESC`)
  return await entries.catch(noneOrDenied)
}

/** No entries where there is no history table yet. */
function noneOrDenied(error: unknown): readonly never[] {
  if (isMissing(error)) return []
  throw denied(error)
}

import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { denied } from './read-state.ts'
import { isMissing } from './server-error.ts'
import { historyName, type Tables } from './tables.ts'

/** How a revision came to count as applied, with what undoes it. */
export interface AppliedLine {
  readonly revision: string
  readonly direction: string
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  /** Of the file that ran; null where only rows have moved. */
  readonly hash: string | null
  /** null for a `.ts` revision and a one-way one. */
  readonly downgradeSql: string | null
  readonly transactional: boolean
  /** The same for all lines of one transaction. */
  readonly at: string
}

/** The newest line of each revision that was not undone since, oldest first. Throws LIMBECK_PERMISSION_DENIED. */
export async function readAppliedLines(
  connection: Connection,
  tables: Tables,
): Promise<readonly AppliedLine[]> {
  const lines = connection.ask<AppliedLine & Row>(`
SELECT revision, direction, to_json(rows_before) AS "rowsBefore", to_json(rows_after) AS "rowsAfter",
  hash, downgrade_sql AS "downgradeSql", transactional, started_at::text AS at
FROM (SELECT DISTINCT ON (revision) * FROM ${historyName(tables)}
      WHERE version_table = ${quoteLiteral(tables.version)} AND revision IS NOT NULL
      ORDER BY revision, id DESC) AS newest
WHERE direction <> 'downgrade' ORDER BY id`)
  return await lines.catch((error: unknown) => {
    if (isMissing(error)) return []
    throw denied(error)
  })
}

import type { HistoryLine } from '../revision/applied-order.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { denied } from './read-state.ts'
import { isMissing } from './server-error.ts'
import { historyName, type Tables } from './tables.ts'

/** The whole history of these version rows, newest line first; none where there is no history table yet. */
export async function readHistoryLines(
  connection: Connection,
  tables: Tables,
): Promise<readonly HistoryLine[]> {
  const lines = connection.ask<HistoryLine & Row>(`
SELECT revision, direction, to_json(rows_before) AS "rowsBefore", to_json(rows_after) AS "rowsAfter",
  started_at::text AS at
FROM ${historyName(tables)}
WHERE version_table = ${quoteLiteral(tables.version)}
ORDER BY id DESC`)
  return await lines.catch((error: unknown) => {
    if (isMissing(error)) return []
    throw denied(error)
  })
}

import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { ownTables, refuseStrangers, sentry, strangersIn } from './own-tables.ts'
import { isMissing } from './server-error.ts'
import { historyName, type Tables } from './tables.ts'

/** The newest history line of one revision. */
export interface LastRecord {
  readonly revision: string
  readonly direction: string
  readonly hash: string | null
  readonly compatible: boolean | null
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  /** When its transaction began: the same for all entries that were written together. */
  readonly at: string
}

/** The newest line of every revision that the history knows; none where there is no history table yet. */
export async function readLastRecords(
  connection: Connection,
  tables: Tables,
  has: { readonly history: boolean } = { history: true },
): Promise<ReadonlyMap<string, LastRecord>> {
  if (!has.history) return new Map()
  const records = connection.ask<LastRecord & Row>(`${sentry(ownTables(tables))};
SELECT DISTINCT ON (revision) revision, direction, hash, compatible,
  to_json(rows_before) AS "rowsBefore", to_json(rows_after) AS "rowsAfter", started_at::text AS at
FROM ${historyName(tables)}
WHERE version_table = ${quoteLiteral(tables.version)} AND revision IS NOT NULL
ORDER BY revision, id DESC`)
  const rows = await records.catch((error: unknown) => {
    refuseStrangers(tables, strangersIn(error), [])
    if (isMissing(error)) return []
    throw error
  })
  return new Map(rows.map((row) => [row.revision, row]))
}

import type { NewHistoryEntry } from '../revision/history-entry.ts'
import { historyName, literalOrNull, type Tables, textArray } from './tables.ts'

/** Who writes an entry. */
export interface HistoryAuthor {
  readonly host: string
  readonly applicationVersion: string | undefined
}

/** When the transaction of a step began. */
export const sinceBegin = 'pg_catalog.transaction_timestamp()'

/**
 * INSERT of the entries, in order. The server measures: `startedAt` is an SQL expression, by default the start of
 * the transaction that the step ran in. With a `divisor` it fails where that is zero.
 */
export function historyStatement(
  tables: Tables,
  entries: readonly NewHistoryEntry[],
  author: HistoryAuthor,
  startedAt = sinceBegin,
  divisor?: string,
): string {
  // A table of an older version may lack the column: it is named only where there is something to write.
  const remembers = entries.some(({ headOf }) => headOf !== undefined)
  const row = (entry: NewHistoryEntry) =>
    [
      ...rowOf(tables, entryValues(entry), author, startedAt, divisor),
      ...(remembers ? [literalOrNull(entry.headOf)] : []),
    ].join(', ')
  return `INSERT INTO ${historyName(tables)} (${historyColumns}${remembers ? ', head_of' : ''})
VALUES (${entries.map(row).join('),\n       (')})`
}

export const historyColumns =
  'version_table, revision, direction, rows_before, rows_after, hash, downgrade_sql, transactional, compatible, started_at, duration_ms, host, application_version'

/** What of a row is the entry's, as SQL expressions: the columns from `revision` to `compatible`. */
export function entryValues(entry: NewHistoryEntry): readonly string[] {
  return [
    literalOrNull(entry.revision),
    literalOrNull(entry.direction),
    textArray(entry.rowsBefore),
    textArray(entry.rowsAfter),
    literalOrNull(entry.hash),
    literalOrNull(entry.downgradeSql),
    literalOrNull(entry.transactional),
    literalOrNull(entry.compatible),
  ]
}

/** The values of `historyColumns`; `divisor` follows the duration. */
export function rowOf(
  tables: Tables,
  values: readonly string[],
  author: HistoryAuthor,
  startedAt: string,
  divisor = '',
): readonly string[] {
  return [
    literalOrNull(tables.version),
    ...values,
    startedAt,
    `extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) ${startedAt}) OPERATOR(pg_catalog.*) 1000${divisor}`,
    literalOrNull(author.host),
    literalOrNull(author.applicationVersion),
  ]
}

import { quoteLiteral } from '../sql/quote.ts'
import { historyName, literalOrNull, type Tables, textArray, versionName } from './tables.ts'

export type HistoryDirection = 'create' | 'upgrade' | 'downgrade' | 'stamp' | 'adopt'

/** One line of the audit: what moved, from where, by whom. */
export interface HistoryEntry {
  /** null when rows moved without a revision: stamping base. */
  readonly revision: string | null
  readonly direction: HistoryDirection
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  readonly hash: string | null
  /** Of `.sql` revisions: lets older code undo a newer revision. */
  readonly downgradeSql: string | null
  readonly transactional: boolean
  readonly compatible: boolean | null
  /** Fingerprint of the revision files whose head `rowsAfter` is; absent where it is not their head. */
  readonly headOf?: string | undefined
}

/** Who writes it. */
export interface HistoryAuthor {
  readonly host: string
  readonly applicationVersion: string | undefined
}

/**
 * INSERT of the entries, in order. The server measures: `startedAt` is an SQL expression, by default the start of
 * the transaction that the step ran in.
 */
export function historyStatement(
  tables: Tables,
  entries: readonly HistoryEntry[],
  author: HistoryAuthor,
  startedAt = sinceBegin,
): string {
  // A table of an older version may lack the column: it is named only where there is something to write.
  const remembers = entries.some(({ headOf }) => headOf !== undefined)
  const values = entries.map((entry) => valuesOf(tables, entry, author, startedAt, remembers))
  return `INSERT INTO ${historyName(tables)} (${columnsOf(remembers)})
VALUES (${values.join('),\n       (')})`
}

const sinceBegin = 'pg_catalog.transaction_timestamp()'

/**
 * Moves one version row and writes the history entry, returning how long the transaction has taken so far. Fails with
 * `notMoved` where there is no such row: what nothing has moved is divided by zero.
 */
export function moveStatement(
  tables: Tables,
  { from, to }: { readonly from: string; readonly to: string },
  entry: HistoryEntry,
  author: HistoryAuthor,
): string {
  const remembers = entry.headOf !== undefined
  const values = valuesOf(
    tables,
    entry,
    author,
    sinceBegin,
    remembers,
    ' OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM moved)',
  )
  return `WITH moved AS (
  UPDATE ${versionName(tables)} SET version_num = ${quoteLiteral(to)} WHERE version_num OPERATOR(pg_catalog.=) ${quoteLiteral(from)} RETURNING 1
)
INSERT INTO ${historyName(tables)} (${columnsOf(remembers)})
SELECT ${values}
RETURNING duration_ms`
}

/** division_by_zero: SQLSTATE of a move without its row. */
export const notMoved = '22012'

function columnsOf(remembers: boolean): string {
  return `version_table, revision, direction, rows_before, rows_after, hash, downgrade_sql, transactional, compatible, started_at, duration_ms, host, application_version${remembers ? ', head_of' : ''}`
}

function valuesOf(
  tables: Tables,
  entry: HistoryEntry,
  author: HistoryAuthor,
  startedAt: string,
  remembers: boolean,
  moved = '',
): string {
  return [
    literalOrNull(tables.version),
    literalOrNull(entry.revision),
    literalOrNull(entry.direction),
    textArray(entry.rowsBefore),
    textArray(entry.rowsAfter),
    literalOrNull(entry.hash),
    literalOrNull(entry.downgradeSql),
    literalOrNull(entry.transactional),
    literalOrNull(entry.compatible),
    startedAt,
    `extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) ${startedAt}) OPERATOR(pg_catalog.*) 1000${moved}`,
    literalOrNull(author.host),
    literalOrNull(author.applicationVersion),
    ...(remembers ? [literalOrNull(entry.headOf)] : []),
  ].join(', ')
}

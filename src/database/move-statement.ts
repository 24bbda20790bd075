import type { NewHistoryEntry } from '../revision/history-entry.ts'
import type { RowChange } from '../revision/revision.ts'
import { quoteLiteral } from '../sql/quote.ts'
import {
  entryValues,
  type HistoryAuthor,
  historyColumns,
  rowOf,
  sinceBegin,
} from './history-table.ts'
import { historyName, literalOrNull, type Tables, versionName } from './tables.ts'

/** One version row that takes another's place. */
export interface RowMove {
  readonly from: string
  readonly to: string
}

/** division_by_zero: what a step is recorded with where its version row is not there. */
export const notMoved = '22012'

/**
 * What only the prepared statement fails with: it is gone (invalid_sql_statement_name), there is an event trigger
 * (invalid_text_representation), or whether there is one must not be asked (insufficient_privilege).
 */
export const unprepared: readonly string[] = ['26000', '22P02', '42501']

/**
 * Moves one version row and writes the history entry, returning how long the transaction has taken so far: one statement, which
 * PostgreSQL runs in half the time of a compare-and-swap and an INSERT. Fails with `notMoved` where there is no such row.
 */
export function moveStatement(
  tables: Tables,
  { from, to }: RowMove,
  entry: NewHistoryEntry,
  author: HistoryAuthor,
): string {
  const remembered = entry.headOf === undefined ? [] : [literalOrNull(entry.headOf)]
  return move(
    tables,
    [quoteLiteral(from), quoteLiteral(to)],
    [...rowOf(tables, entryValues(entry), author, sinceBegin, perMoved), ...remembered],
  )
}

const name = 'limbeck_move'

/**
 * Prepares it for entries that remember no head; until the session forgets what is prepared. It fails where there is an event
 * trigger, which runs code that is not seen with every step.
 */
export function prepareMove(tables: Tables, author: HistoryAuthor): string {
  const text = 'pg_catalog.text'
  const types = [...Array(4).fill(text), `${text}[]`, `${text}[]`, text, text, 'boolean', 'boolean']
  const [from = '', to = '', ...values] = types.map((_, index) => `$${index + 1}`)
  const row = rowOf(tables, values, author, sinceBegin, `${perMoved}${unlessTriggered}`)
  return `PREPARE ${name} (${types.join(', ')}) AS ${move(tables, [from, to], row)}`
}

/** `moveStatement` as it was prepared. Fails where it is not. */
export function executeMove({ from, to }: RowMove, entry: NewHistoryEntry): string {
  const values = [quoteLiteral(from), quoteLiteral(to), ...entryValues(entry)]
  return `EXECUTE ${name} (${values.join(', ')})`
}

/** As a divisor: zero where the rows that a step leaves are not there. */
export function perRowLeft(tables: Tables, changes: readonly RowChange[]): string | undefined {
  const left = changes.flatMap((change) =>
    change.kind === 'delete'
      ? []
      : [quoteLiteral(change.kind === 'insert' ? change.version : change.to)],
  )
  if (left.length === 0) return undefined
  return ` OPERATOR(pg_catalog./) (SELECT (pg_catalog.count(*) OPERATOR(pg_catalog.=) ${left.length})::pg_catalog.int4 FROM ${versionName(tables)} WHERE version_num OPERATOR(pg_catalog.=) ANY (ARRAY[${left.join(', ')}]))`
}

/** What nothing has moved is divided by zero. */
const perMoved = ' OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM moved)'

const unlessTriggered = ` OPERATOR(pg_catalog.*) (SELECT coalesce(pg_catalog.min(('an event trigger: ' OPERATOR(pg_catalog.||) evtname::pg_catalog.text)::pg_catalog.bool::pg_catalog.int4), 1)
  FROM pg_catalog.pg_event_trigger WHERE evtenabled OPERATOR(pg_catalog.<>) 'D')`

function move(
  tables: Tables,
  [from, to]: readonly [string, string],
  row: readonly string[],
): string {
  const remembers = row.length > historyColumns.split(',').length
  return `WITH moved AS (
  UPDATE ${versionName(tables)} SET version_num = ${to} WHERE version_num OPERATOR(pg_catalog.=) ${from} RETURNING 1
)
INSERT INTO ${historyName(tables)} (${historyColumns}${remembers ? ', head_of' : ''})
SELECT ${row.join(', ')}
RETURNING duration_ms`
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Row } from '../../database/connection.ts'
import { LimbeckError } from '../../errors.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import type { StepRun } from '../step-run.ts'
import type { BackfillOptions } from './revision-context.ts'

/** Where backfills of an interrupted revision have come to: kept in the transaction of each batch. */
export interface Cursors {
  /** `undefined` when it has not begun. */
  read(name: string): Promise<BackfillCursor | undefined>
  /** The statement that keeps it. */
  write(name: string, cursor: BackfillCursor): string
}

export interface BackfillCursor {
  /** The last key done, as text; null when all is done. */
  readonly key: string | null
  readonly rows: number
}

interface Batch extends Row {
  readonly last: string | null
  readonly changed: number
}

/**
 * Walks the table by its key, one batch after another. `name` tells the backfills of one revision apart. With `cursors` each batch is a transaction that keeps its last key,
 * so that no row is changed twice or missed however often it is killed. Throws LIMBECK_INVALID_OPTION, LIMBECK_CANCELLED.
 */
export async function runBackfill(
  { session, step, onRows }: StepRun,
  options: BackfillOptions,
  name: string,
  cursors?: Cursors,
): Promise<number> {
  const { connection, config } = session
  const { signal, logger } = config
  const { table, pauseMs = 0 } = options
  const keyType = await readKeyType(connection, options)
  const saved = await cursors?.read(name)
  let rows = saved?.rows ?? 0
  let key = saved?.key
  while (key !== null) {
    if (signal?.aborted) throw new LimbeckError('LIMBECK_CANCELLED', 'stopped between two batches')
    // A batch takes row locks only: waiting for one blocks no reads.
    if (cursors) await connection.query('BEGIN; SET LOCAL lock_timeout = 0')
    const [batch] = await connection.query<Batch>(batchStatement(options, keyType, key))
    key = batch?.last ?? null
    rows += Number(batch?.changed ?? 0)
    if (cursors) {
      await connection.query(cursors.write(name, { key, rows }))
      await connection.query('COMMIT')
    }
    logger.debug({ revision: step.script.id, table, rows }, 'backfilled a batch')
    onRows(rows)
    if (key !== null && pauseMs > 0)
      await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => {})
  }
  return rows
}

function batchStatement(options: BackfillOptions, keyType: string, after?: string): string {
  const { table, key: keyName = 'id', batchSize = 1_000, where, set } = options
  const key = quoteIdentifier(keyName)
  const conditions = [
    ...(after === undefined ? [] : [`${key} > ${quoteLiteral(after)}::${keyType}`]),
    ...(where === undefined ? [] : [`(${where})`]),
  ]
  return `WITH batch AS MATERIALIZED (
  SELECT ${key} FROM ${table} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
  ORDER BY ${key} LIMIT ${batchSize} FOR UPDATE
), changed AS (
  UPDATE ${table} SET ${set} WHERE ${key} IN (SELECT ${key} FROM batch) RETURNING 1
)
SELECT (SELECT ${key}::pg_catalog.text FROM batch ORDER BY batch.${key} DESC LIMIT 1) AS last, (SELECT pg_catalog.count(*) FROM changed) AS changed`
}

async function readKeyType(connection: Connection, options: BackfillOptions): Promise<string> {
  const { table, key = 'id' } = options
  batchSizeOf(options)
  const [row] = await connection.query<{ type: string; not_null: boolean; is_unique: boolean }>(
    keyQuery(options),
  )
  if (row?.not_null && row.is_unique) return row.type
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `backfill: ${table} has no column ${key} that is unique and not null`,
    { hint: 'Name the primary key column in `key`.' },
  )
}

/** Rows a batch. Throws LIMBECK_INVALID_OPTION for what is no number of rows. */
export function batchSizeOf({ batchSize = 1_000 }: BackfillOptions): number {
  if (Number.isInteger(batchSize) && batchSize >= 1) return batchSize
  throw new LimbeckError('LIMBECK_INVALID_OPTION', `backfill: batchSize is ${batchSize}`, {
    hint: 'Give a whole number of rows, 1 or more.',
  })
}

// In the middle of a revision: the path is the revision's.
const is = 'OPERATOR(pg_catalog.=)'

/** Query of the key column's `type`, `not_null` and `is_unique`: whether a table can be walked by it. */
export function keyQuery({ table, key = 'id' }: BackfillOptions): string {
  return `
SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
  EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid ${is} a.attrelid AND i.indisunique AND i.indpred IS NULL
            AND i.indnkeyatts ${is} 1 AND i.indkey[0] ${is} a.attnum) AS is_unique
FROM pg_catalog.pg_attribute a WHERE a.attrelid ${is} ${quoteLiteral(table)}::pg_catalog.regclass
  AND a.attname ${is} ${quoteLiteral(key)} AND a.attnum OPERATOR(pg_catalog.>) 0`
}

import { guardedSql } from '../../database/guarded-sql.ts'
import { allowForCode } from '../../database/holder-settings.ts'
import type { Script } from '../../script/script.ts'
import type { Session } from '../../session/session.ts'
import { type Cursors, runBackfill } from './backfill.ts'
import { drizzleOn } from './drizzle.ts'
import type { RevisionContext } from './revision-context.ts'

export interface ContextOptions {
  readonly script: Script
  readonly inTransaction: boolean
  /** Told after each batch of a backfill how many rows it has changed so far. */
  readonly onRows: (rows: number) => void
  /** Where backfills of a `transaction: none` revision keep their place. */
  readonly cursors?: Cursors
}

/** What a `.ts` revision's body is given; `end` is to be called when it has returned. */
export async function createContext(
  { config, connection }: Session,
  { script, inTransaction, onRows, cursors }: ContextOptions,
): Promise<{ readonly context: RevisionContext; readonly end: () => void }> {
  const { sql, alone, end } = guardedSql(connection, inTransaction)
  const signal = config.signal ?? new AbortController().signal
  let backfills = 0
  const db = await drizzleOn(sql)
  await allowForCode(connection)
  const context: RevisionContext = {
    sql,
    get db() {
      return db()
    },
    log: config.logger,
    signal,
    backfill: (options) => {
      const name = `${backfills++} ${options.table}`
      const onBatch = (rows: number) => {
        config.logger.debug(
          { revision: script.id, table: options.table, rows },
          'backfilled a batch',
        )
        onRows(rows)
      }
      const run = { name, signal, cursors, onBatch }
      return alone(() => runBackfill(connection, options, run), !inTransaction)
    },
  }
  return { context, end }
}

import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import type { Sql } from 'postgres'
import type { Logger } from '../../config/options.ts'

/** What a `.ts` revision's `upgrade` and `downgrade` are given: all of it on the step's own transaction. */
export interface RevisionContext {
  /** postgres.js, on the step's connection and inside its transaction. */
  readonly sql: Sql
  /** Drizzle on the same transaction: `ctx.db.execute(…)`, or tables declared in the revision itself. */
  readonly db: PgRemoteDatabase
  readonly log: Logger
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal
  /**
   * Runs `update` for one keyed batch after another until no row is left; returns the rows changed.
   * In a `transaction: none` revision each batch commits with its cursor and a killed run resumes after it.
   */
  backfill(options: BackfillOptions): Promise<number>
}

export interface BackfillOptions {
  /** Table to walk, `schema.table` or a name found on the search path. */
  readonly table: string
  /** Unique, not null, ordered column to walk by. Default: `id`. */
  readonly key?: string
  /** Rows a batch. Default: 1000. */
  readonly batchSize?: number
  /** SQL condition of the rows to change; default: all. */
  readonly where?: string
  /** SQL assignments, as after `SET`: `status = 'draft'`. */
  readonly set: string
  /** Pause between batches, ms. Default: 0. */
  readonly pauseMs?: number
}

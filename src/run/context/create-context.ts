import { type GuardedSql, guardedSql } from '../../database/guarded-sql.ts'
import { allowForCode } from '../../database/holder-settings.ts'
import type { StepRun } from '../step-run.ts'
import { type Cursors, runBackfill } from './backfill.ts'
import { drizzleOn } from './drizzle.ts'
import { sayLateQuery } from './late-query.ts'
import type { RevisionContext } from './revision-context.ts'

export { runCode } from './run-code.ts'

/**
 * What a `.ts` revision's body is given; `end` is to be called when it has returned. With `cursors` it runs without a transaction
 * of its own: its backfills keep their last keys there.
 */
export async function createContext(
  run: StepRun,
  cursors?: Cursors,
): Promise<{ readonly context: RevisionContext } & Pick<GuardedSql, 'close' | 'end' | 'failed'>> {
  const { config, connection } = run.session
  const onLate = sayLateQuery(config, run.step.script.id)
  const { sql, alone, close, end, failed } = guardedSql(connection, cursors === undefined, onLate)
  let backfills = 0
  const db = await drizzleOn(sql)
  await allowForCode(connection)
  const context: RevisionContext = {
    sql,
    get db() {
      return db()
    },
    log: config.logger,
    signal: config.signal ?? new AbortController().signal,
    backfill: (options) => {
      const name = `${backfills++} ${options.table}`
      return alone(() => runBackfill(run, options, name, cursors), cursors !== undefined)
    },
  }
  return { context, close, end, failed }
}

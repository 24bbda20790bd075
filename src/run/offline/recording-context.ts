import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import type { Sql } from 'postgres'
import type { Logger } from '../../config/options.ts'
import type { Config } from '../../config/resolve-config.ts'
import { guardedSql } from '../../database/guarded-sql.ts'
import { noVersionState } from '../../database/read-state.ts'
import type { Statement } from '../../script/script.ts'
import type { Body, CompiledStep } from '../compile-step.ts'
import { loadDrizzle, withTransactions } from '../context/drizzle.ts'
import type { RevisionContext } from '../context/revision-context.ts'
import { runHook } from '../run-step-hook.ts'
import { stepFailure } from '../step-error.ts'
import { backfillBlock, backfillStatement } from './backfill.ts'
import { unknownType } from './literal.ts'
import { createRecorder, type Recorder } from './recorder.ts'

// A script does nothing yet: what a body says of its doings would not be true.
const nothing = () => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * The statements that a `.ts` body sends, parameters written into them. Throws LIMBECK_OFFLINE naming the line of a query
 * whose rows it reads or that cannot be written down, else what stepFailure() makes of what the body throws.
 */
export async function recordBody(
  config: Config,
  step: CompiledStep,
  body: Extract<Body, { kind: 'code' }>,
): Promise<readonly Statement[]> {
  return await record(config, step, async (recorder) =>
    body.run(await recordingContext(config, step, recorder)),
  )
}

/** The statements that a configured hook sends, as recordBody() does. */
export async function recordHook(
  config: Config,
  step: CompiledStep,
  name: 'beforeStep' | 'afterStep',
): Promise<readonly Statement[]> {
  if (!config.hooks[name]) return []
  return await record(config, step, ({ connection }) =>
    runHook({ config, connection, state: noVersionState }, name, step),
  )
}

async function record(
  config: Config,
  { script, move }: CompiledStep,
  work: (recorder: Recorder) => void | Promise<void>,
): Promise<readonly Statement[]> {
  const { direction } = move.step
  const recorder = createRecorder(script, direction)
  try {
    await work(recorder)
  } catch (error) {
    // What made it throw may be that it could not read: that is said first.
    await recorder.statements()
    throw stepFailure({ error, origin: { script, direction } }, [], config)
  }
  return await recorder.statements()
}

async function recordingContext(
  config: Config,
  { script }: CompiledStep,
  recorder: Recorder,
): Promise<RevisionContext> {
  const { sql, alone } = guardedSql(recorder.connection, script.transactional)
  let backfills = 0
  return {
    sql,
    db: await recordingDrizzle(sql, recorder),
    log: silent,
    signal: config.signal ?? new AbortController().signal,
    backfill: async (options) => {
      const name = `${backfills++} ${options.table}`
      const statement = script.transactional
        ? backfillStatement(options)
        : backfillBlock(config.tables, name, options)
      const { stack } = new Error()
      return await alone(async () => recorder.note(statement, stack), !script.transactional)
    },
  }
}

/** Drizzle as drizzleOn() makes it, but that nothing is read from the answers. */
async function recordingDrizzle(sql: Sql, recorder: Recorder): Promise<PgRemoteDatabase> {
  const driver = await loadDrizzle()
  const db = driver.drizzle(async (text, params, method) => {
    const values = params.map((value) =>
      typeof value === 'string' ? sql.typed(value as never, unknownType) : value,
    )
    const rows = await sql.unsafe(text, values as never[])
    // Drizzle maps rows by itself, also where they are not used.
    return { rows: method === 'execute' ? rows : ({ map: () => rows } as never) }
  })
  // Drizzle sends a query later than it is written: it counts as written where the handle was last used.
  return new Proxy(withTransactions(db, sql, driver), {
    get: (target, key) => {
      recorder.mark(new Error().stack)
      return Reflect.get(target, key)
    },
  })
}

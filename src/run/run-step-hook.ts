import type { StepHooks } from '../config/options.ts'
import { guardedSql } from '../database/guarded-sql.ts'
import { allowForCode } from '../database/holder-settings.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { sayLateQuery } from './context/late-query.ts'

/** Runs one of the configured hooks, if there is one. */
export async function runHook(
  { config, connection }: Session,
  name: keyof StepHooks,
  { script, move }: CompiledStep,
): Promise<void> {
  const hook = config.hooks[name]
  if (!hook) return
  const { revision, direction } = move.step
  const { sql, end } = guardedSql(connection, script.transactional, sayLateQuery(config, revision))
  await allowForCode(connection)
  try {
    await hook({ revision, direction, message: script.message, sql })
  } finally {
    end()
  }
}

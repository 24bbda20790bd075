import type { StepHooks } from '../config/options.ts'
import { guardedSql } from '../database/guarded-sql.ts'
import { allowForCode } from '../database/holder-settings.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { sayLateQuery } from './context/late-query.ts'
import { runCode } from './context/run-code.ts'

/** Runs one of the configured hooks, if there is one. */
export async function runHook(
  { config, connection }: Session,
  name: keyof StepHooks,
  { script, move }: CompiledStep,
): Promise<void> {
  const hook = config.hooks[name]
  if (!hook) return
  const { revision, direction } = move.step
  const { sql, close, end } = guardedSql(
    connection,
    script.transactional,
    sayLateQuery(config, revision),
  )
  await allowForCode(connection)
  try {
    await runCode(config, { close }, () =>
      hook({ revision, direction, message: script.message, sql }),
    )
  } finally {
    end()
  }
}

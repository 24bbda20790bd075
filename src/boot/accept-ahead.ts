import type { Revisions } from '../script/revisions.ts'
import { aheadError, downgradeCommand } from '../session/ahead-errors.ts'
import type { Ahead } from '../session/classify.ts'
import type { Session } from '../session/session.ts'
import { type Booted, unchanged } from './boot-report.ts'

/**
 * Serves on a newer schema when the policy says so and no newer revision, finished or interrupted, is recorded as breaking this
 * build. Throws LIMBECK_DATABASE_AHEAD naming the downgrade to run.
 */
export function acceptAhead(
  { config }: Session,
  revisions: Revisions,
  policy: 'serve' | 'refuse',
  { state, rows }: { readonly state: Ahead; readonly rows: readonly string[] },
): Booted {
  if (policy === 'refuse' || state.breaking.length > 0) throw aheadError(revisions, state)
  const { unknown, newer } = state
  config.logger.warn(
    { unknown, newer },
    `the database is ahead of this build (a rolled-back deploy?); to go back: ${downgradeCommand(revisions)}`,
  )
  return unchanged('ahead', rows)
}

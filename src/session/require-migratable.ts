import type { Direction } from '../revision/revision.ts'
import type { Revisions } from '../script/revisions.ts'
import { aheadError, divergedError } from './ahead-errors.ts'
import { legacyDatabase } from './legacy-error.ts'
import { readDatabaseState, type StateAndFacts } from './read-database-state.ts'
import type { Session } from './session.ts'

/**
 * Looks at the database before a command moves its rows, and refuses what a boot refuses: tables without a version row, and
 * rows that these files do not know. Throws LIMBECK_LEGACY_DATABASE, LIMBECK_DATABASE_AHEAD, LIMBECK_DATABASE_DIVERGED.
 */
export async function requireMigratable(
  session: Session,
  revisions: Revisions,
  direction: Direction,
): Promise<StateAndFacts> {
  const found = await readDatabaseState(session, revisions)
  const { state } = found
  const { config } = session
  // Nothing is built by a downgrade: where nothing is applied it says so itself.
  if (state.is === 'legacy' && direction === 'upgrade')
    throw legacyDatabase(config, revisions, state.tables)
  if (state.is === 'diverged') throw divergedError(config, state)
  if (state.is === 'ahead') throw aheadError(revisions, state)
  return found
}

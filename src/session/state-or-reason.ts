import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { loadRevisions } from '../script/revisions.ts'
import type { DatabaseState } from './classify.ts'
import { readDatabaseState } from './read-database-state.ts'
import { withSession } from './session.ts'

/** The state of a database; where it cannot be told, whether that is for the database or for the files, with the reason. */
export type StateOrReason =
  | DatabaseState
  | { readonly is: 'unknown' | 'unreadable'; readonly reason: string }

/** Changes nothing. What is in the way is an answer, too. */
export async function readStateOrReason(config: Config): Promise<StateOrReason> {
  let is: 'unknown' | 'unreadable' = 'unreadable'
  try {
    const revisions = await loadRevisions(config.folders)
    is = 'unknown'
    return await withSession(
      config,
      async (session) => (await readDatabaseState(session, revisions)).state,
    )
  } catch (error) {
    if (error instanceof LimbeckError) return { is, reason: error.message }
    throw error
  }
}

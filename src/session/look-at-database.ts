import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { loadRevisions } from '../script/revisions.ts'
import type { DatabaseState } from './classify.ts'
import { findState } from './read-database-state.ts'
import { withSession } from './session.ts'

/** What a first look at a database says; `unknown` where it cannot be looked at, with the reason. */
export type DatabaseLook = DatabaseState | { readonly is: 'unknown'; readonly reason: string }

/** Looks, and changes nothing. What is in the way is an answer, too. */
export async function lookAtDatabase(config: Config): Promise<DatabaseLook> {
  try {
    const revisions = await loadRevisions(config.folders)
    return await withSession(config, async (session) => (await findState(session, revisions)).state)
  } catch (error) {
    if (error instanceof LimbeckError) return { is: 'unknown', reason: error.message }
    throw error
  }
}

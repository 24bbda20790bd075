import type { Config } from '../config/resolve-config.ts'
import { readPlainRows } from '../database/read-state.ts'
import { knownRows } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import { aheadError, divergedError } from './ahead-errors.ts'
import { readDatabaseState } from './read-database-state.ts'
import { type Session, withSession } from './session.ts'

/** The version rows, sorted; none when there is no version table. Takes no lock and makes nothing. */
export function rowsOf(given: Config): Promise<readonly string[]> {
  return withSession(given, rowsIn)
}

const rowsIn = async ({ config, connection, state }: Session): Promise<readonly string[]> =>
  state.rows ?? (await readPlainRows(connection, config.tables))

/**
 * As `rowsOf`, each once. Throws for a row that no file knows what a command throws that would move it: LIMBECK_DATABASE_AHEAD,
 * LIMBECK_DATABASE_DIVERGED, or LIMBECK_NO_SUCH_REVISION where the history does not know it either.
 */
export function requireKnownRows(config: Config, revisions: Revisions): Promise<readonly string[]> {
  return withSession(config, async (session) => {
    const rows = [...new Set(await rowsIn(session))]
    if (rows.every((row) => revisions.map.nodes.has(row))) return rows
    const { state } = await readDatabaseState(session, revisions)
    if (state.is === 'ahead') throw aheadError(revisions, state)
    if (state.is === 'diverged') throw divergedError(session.config, state)
    return knownRows(revisions.map, rows)
  })
}

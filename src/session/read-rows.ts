import { readPlainRows } from '../database/read-state.ts'
import { knownRows } from '../revision/rows.ts'
import type { Environment } from './load-revisions.ts'
import { withSession } from './session.ts'

/** The version rows, sorted; none when there is no version table. Takes no lock and makes nothing. */
export function rowsOf({ config }: Environment): Promise<readonly string[]> {
  return withSession(
    config,
    async ({ connection, state }) => state.rows ?? (await readPlainRows(connection, config.tables)),
  )
}

/** As `rowsOf`; throws LIMBECK_NO_SUCH_REVISION for a row that no file knows. */
export async function requireKnownRows(environment: Environment): Promise<readonly string[]> {
  return knownRows(environment.map, await rowsOf(environment))
}

import type { Config } from '../config/resolve-config.ts'
import { readPlainRows } from '../database/read-state.ts'
import { knownRows } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import { withSession } from './session.ts'

/** The version rows, sorted; none when there is no version table. Takes no lock and makes nothing. */
export function rowsOf(given: Config): Promise<readonly string[]> {
  return withSession(
    given,
    async ({ config, connection, state }) =>
      state.rows ?? (await readPlainRows(connection, config.tables)),
  )
}

/** As `rowsOf`; throws LIMBECK_NO_SUCH_REVISION for a row that no file knows. */
export async function requireKnownRows(
  config: Config,
  { map }: Revisions,
): Promise<readonly string[]> {
  return knownRows(map, await rowsOf(config))
}

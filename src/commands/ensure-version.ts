import type { Config } from '../config/resolve-config.ts'
import { ensureStatements, ensureTables } from '../database/ensure-tables.ts'
import { readInventory } from '../database/read-inventory.ts'
import { offlineEnsureScript } from '../run/offline/script.ts'
import { underLock, withSession } from '../session/session.ts'

/** What `ensureVersion` returns. */
export interface EnsureVersionReport {
  /** false when all tables were there. */
  readonly created: boolean
  /** With `sql`: the script for psql; nothing was run. */
  readonly sql?: string
}

/** Creates the version, history and progress tables where they are missing. Throws LIMBECK_PERMISSION_DENIED. */
export async function ensureVersion(
  config: Config,
  { sql = false }: { readonly sql?: boolean | undefined } = {},
): Promise<EnsureVersionReport> {
  if (sql) return { created: false, sql: offlineEnsureScript(config) }
  return await withSession(config, async (session) => {
    const { config, connection } = session
    const { result: created } = await underLock(session, null, async () => {
      const inventory = await readInventory(connection, config.tables, config.schema)
      await ensureTables(connection, config.tables, config.schema, inventory)
      return ensureStatements(config.tables, config.schema, inventory).length > 0
    })
    return { created }
  })
}

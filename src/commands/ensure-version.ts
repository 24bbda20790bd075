import { ensureStatements, ensureTables, inspect } from '../database/inspect.ts'
import { offlineEnsureScript } from '../run/offline/script.ts'
import type { Environment } from '../session/load-revisions.ts'
import { exclusively, withSession } from '../session/session.ts'

/** What `ensureVersion` returns. */
export interface EnsureVersionReport {
  /** false when all tables were there. */
  readonly created: boolean
  /** With `sql`: the script for psql; nothing was run. */
  readonly sql?: string
}

/** Creates the version, history and progress tables where they are missing. Throws LIMBECK_PERMISSION_DENIED. */
export async function ensureVersion(
  { config }: Environment,
  { sql = false }: { readonly sql?: boolean | undefined } = {},
): Promise<EnsureVersionReport> {
  if (sql) return { created: false, sql: offlineEnsureScript(config) }
  return await withSession(config, async (session) => {
    const { connection } = session
    const { result: created } = await exclusively(session, async () => {
      const inspection = await inspect(connection, config.tables, config.schema)
      await ensureTables(connection, config.tables, config.schema, inspection)
      return ensureStatements(config.tables, config.schema, inspection).length > 0
    })
    return { created }
  })
}

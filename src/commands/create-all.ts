import { LimbeckError } from '../errors.ts'
import { readModels } from '../models/read-models.ts'
import { createDatabase } from '../run/create-database.ts'
import { offlineCreate } from '../run/offline/create.ts'
import { type Environment, hasCode, requireRevisions } from '../session/load-revisions.ts'
import { findState } from '../session/read-database-state.ts'
import { exclusively, withSession } from '../session/session.ts'

/** What `createAll` returns. */
export interface CreateAllReport {
  /** Version rows after, sorted. */
  readonly to: readonly string[]
  /** The revisions that the database now counts as having, in order. */
  readonly applied: readonly string[]
  /** Time spent waiting for another process, ms. */
  readonly waitedMs: number
  /** With `sql`: the script for psql; nothing was run. */
  readonly sql?: string
}

/**
 * Builds a fresh database from the models and stamps the heads, as initDb() does, under the migration lock. Throws
 * LIMBECK_NOT_FRESH where there is anything already, LIMBECK_FOLDER_EMPTY without a revision to stamp.
 */
export async function createAll(
  environment: Environment,
  { sql = false }: { readonly sql?: boolean | undefined } = {},
): Promise<CreateAllReport> {
  requireRevisions(environment)
  const models = await readModels(environment.config)
  const to = environment.map.effectiveHeads.toSorted()
  if (sql) return { to, applied: [], waitedMs: 0, sql: await offlineCreate(environment, models) }
  return await withSession(
    environment.config,
    async (session) => {
      const { result: applied, waitedMs } = await exclusively(session, async () => {
        const { state } = await findState(session, environment)
        if (state.is !== 'fresh') throw notFresh(environment)
        return await createDatabase(session, environment, models)
      })
      return { to, applied, waitedMs }
    },
    { fetchTypes: hasCode(environment) },
  )
}

function notFresh({ config }: Environment): LimbeckError {
  return new LimbeckError(
    'LIMBECK_NOT_FRESH',
    `schema ${config.schema} has tables or version rows: create-all builds in an empty one only. Nothing was changed.`,
    {
      hint: 'To bring it to head: `npx limbeck upgrade`. To see how it differs: `npx limbeck diff`.',
    },
  )
}

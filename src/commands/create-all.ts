import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { readModels } from '../models/read-models.ts'
import { createDatabase } from '../run/create-database.ts'
import { proveCreateAll } from '../run/fresh-plan.ts'
import { offlineCreate } from '../run/offline/create.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import { hasCode, type Revisions, requireRevisions } from '../script/revisions.ts'
import { aheadError, divergedError } from '../session/ahead-errors.ts'
import type { DatabaseState } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState } from '../session/read-database-state.ts'
import { underLock, withSession } from '../session/session.ts'

/** What `createAll` returns. */
export interface CreateAllReport {
  /** Version rows after, sorted. */
  readonly to: readonly string[]
  /** Revisions that were run: those that say `fresh: before` or `fresh: run`. */
  readonly applied: readonly string[]
  /** Those that the database stands for without their having run, in order. */
  readonly stamped: readonly string[]
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
  config: Config,
  revisions: Revisions,
  { sql = false }: { readonly sql?: boolean | undefined } = {},
): Promise<CreateAllReport> {
  requireRevisions(revisions, config.folders)
  const models = await readModels(config)
  const to = revisions.map.effectiveHeads.toSorted()
  if (sql)
    return {
      to,
      applied: [],
      stamped: [],
      waitedMs: 0,
      sql: await offlineCreate(config, revisions, models),
    }
  return await withSession(
    config,
    async (session) => {
      const { result, waitedMs } = await underLock(session, null, async () => {
        const { state } = await readDatabaseState(session, revisions)
        if (state.is !== 'fresh') throw notFresh(session.config, revisions, state)
        const proof = await proveCreateAll(revisions, schemaFingerprint(models))
        if (proof.is === 'refuted')
          session.config.logger.warn(
            { reason: proof.reason },
            `create-all is not what the revisions make: ${proof.reason}`,
          )
        return await createDatabase(session, revisions, models)
      })
      return { to, applied: result.ran, stamped: result.stamped, waitedMs }
    },
    { fetchTypes: hasCode(revisions) },
  )
}

function notFresh(
  config: Config,
  revisions: Revisions,
  state: Exclude<DatabaseState, { is: 'fresh' }>,
): LimbeckError {
  return new LimbeckError(
    'LIMBECK_NOT_FRESH',
    `schema ${config.schema} has tables or version rows: create-all builds in an empty one only. Nothing was changed.`,
    { hint: nextInstead(config, revisions, state) },
  )
}

/** What leads on from the state that it is in, as the commands say that meet it there. */
function nextInstead(
  config: Config,
  revisions: Revisions,
  state: Exclude<DatabaseState, { is: 'fresh' }>,
): string {
  switch (state.is) {
    case 'current':
      return 'It is at head. To see how it differs from the models: `npx limbeck diff`.'
    case 'legacy':
      return hintOf(legacyDatabase(config, revisions, state.tables))
    case 'ahead':
      return hintOf(aheadError(revisions, state))
    case 'diverged':
      return hintOf(divergedError(config, state))
    default:
      return 'To bring it to head: `npx limbeck upgrade`.'
  }
}

const hintOf = ({ details: { hint = '' } }: LimbeckError): string => hint

import {
  type NewScript,
  requireEdges,
  type WrittenRevision,
  writeScript,
} from '../authoring/write-script.ts'
import { keepFailed } from '../authoring/write-scripts.ts'
import { readLiveSchema } from '../changes/live-schema.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { newestMigration } from '../ledger/read-ledger.ts'
import { type TrialOptions, tryRevisions, withFailedFiles } from '../scratch/try-revisions.ts'
import type { Revisions } from '../script/revisions.ts'
import { withSession } from '../session/session.ts'

/** What `revision --from-database` is told. */
export type FromDatabaseOptions = Omit<NewScript, 'head' | 'kind' | 'content'> &
  Partial<Pick<NewScript, 'head'>> &
  TrialOptions

/** What `revision --from-database` has written. */
export interface FromDatabaseReport extends WrittenRevision {
  /** What lives in the database and the revision does not make; the file names it, too. */
  readonly notWritten: readonly string[]
  /** Why it could not be tried on an empty database; null where it was. */
  readonly notTried: string | null
}

/**
 * Writes the live schema, drift included, as the first revision: what production really is. Needs no models, changes nothing
 * in the database. It is tried on an empty one before. Where the database comes from another tool, the revision
 * stands for its newest migration and all before it: others that the tool has brought there are adopted by it. Throws LIMBECK_TRIAL_FAILED, and LIMBECK_INVALID_OPTION where the folder has revisions already: they make a part of it.
 */
export async function fromDatabase(
  config: Config,
  files: Revisions,
  { head = 'head', trial = true, ...options }: FromDatabaseOptions,
): Promise<FromDatabaseReport> {
  if (files.scripts.size > 0 && head !== 'base') throw notTheFirst()
  requireEdges(files, { ...options, head })
  const { live, ledger } = await withSession(config, async (session) => ({
    live: await readLiveSchema(session),
    ledger: await newestMigration(session),
  }))
  const { upgrade, notWritten, path } = live
  const named = notWritten.map((line) => `-- not written: ${line.replace(/\s+/g, ' ')}\n`).join('')
  const wanted = { ...options, head }
  const content = {
    upgrade: `${named}${upgrade}`,
    irreversible: 'this is what was there before the first revision',
    ...(ledger === null ? {} : { ledger }),
  }
  const untried = { upgrade, transactional: true, hindrances: [] }
  const notTried = trial
    ? await tryRevisions(config, files, {
        revisions: [untried],
        copy: { statements: [], path },
        live,
      }).catch(async (error) => {
        const links = [{ stage: 'main', content }] as const
        throw await withFailedFiles(error, () => keepFailed(config, files, wanted, links))
      })
    : null
  const written = await writeScript(config, files, { ...wanted, content })
  return { ...written, notWritten, notTried }
}

function notTheFirst(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    'the live schema is written as the first revision, and there are revisions already',
    {
      hint: 'What differs from the models: `npx limbeck revision --autogenerate`. For a line of its own beside them: --head base.',
    },
  )
}

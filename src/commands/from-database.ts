import {
  type NewScript,
  requirePlace,
  type WrittenRevision,
  writeScript,
} from '../authoring/write-script.ts'
import { readLiveSchema } from '../changes/live-schema.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { withSession } from '../session/session.ts'

/** What `revision --from-database` is told. */
export type FromDatabaseOptions = Omit<NewScript, 'head' | 'kind' | 'content'> &
  Partial<Pick<NewScript, 'head'>>

/** What `revision --from-database` has written. */
export interface FromDatabaseReport extends WrittenRevision {
  /** What lives in the database and the revision does not make; the file names it, too. */
  readonly notWritten: readonly string[]
}

/**
 * Writes the live schema, drift included, as the first revision: what production really is. Needs no models, changes nothing
 * in the database. Throws LIMBECK_INVALID_OPTION where the folder has revisions already: they make a part of it.
 */
export async function fromDatabase(
  config: Config,
  files: Revisions,
  { head = 'head', ...options }: FromDatabaseOptions,
): Promise<FromDatabaseReport> {
  if (files.scripts.size > 0 && head !== 'base') throw notTheFirst()
  requirePlace(files, { ...options, head })
  const { upgrade, notWritten } = await withSession(config, readLiveSchema)
  const named = notWritten.map((line) => `-- not written: ${line.replace(/\s+/g, ' ')}\n`).join('')
  const written = await writeScript(config, files, {
    ...options,
    head,
    content: {
      upgrade: `${named}${upgrade}`,
      irreversible: 'this is what was there before the first revision',
    },
  })
  return { ...written, notWritten }
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

import {
  type NewScript,
  type ScriptContent,
  type WritingOptions,
  type WrittenRevision,
  writeScript,
} from '../authoring/write-script.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { readModels } from '../models/read-models.ts'
import { resolve } from '../revision/resolve.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import type { Revisions } from '../script/revisions.ts'
import { mergeMessage } from '../script/template.ts'

/** What `merge` writes. */
export interface MergeOptions
  extends Pick<NewScript, 'splice' | 'branchLabel' | 'dependsOn' | 'revId' | 'versionPath'> {
  /** Identifiers of what is joined. */
  readonly revisions: string | readonly string[]
  /** Default: `merge a and b`. */
  readonly message?: string | undefined
}

/**
 * Writes one revision file with several parents, and which models it leads to where there are models. Throws as `revision`
 * does, before anything is written.
 */
export async function merge(
  config: WritingOptions & Partial<Pick<Config, 'models' | 'casing' | 'signal'>>,
  files: Revisions,
  { revisions, message, ...options }: MergeOptions,
): Promise<WrittenRevision> {
  const parents = resolve(files.map, revisions)
  if (parents.length < 2)
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `there is nothing to merge: ${parents[0] ?? 'no revision'} alone was named`,
      { revisions: parents, hint: 'Name two revisions or more; `npx limbeck heads` lists them.' },
    )
  return await writeScript(config, files, {
    ...options,
    head: parents,
    message: message ?? mergeMessage(parents),
    content: await modelsOf(config),
  })
}

/** Models that cannot be read are found by `check`; they are no reason not to join branches. */
async function modelsOf({
  models,
  casing,
  signal,
}: Partial<Pick<Config, 'models' | 'casing' | 'signal'>>): Promise<ScriptContent> {
  if (models === undefined) return {}
  try {
    return { models: schemaFingerprint(await readModels({ models, casing, signal })) }
  } catch (error) {
    if (!(error instanceof LimbeckError) || error.code === 'LIMBECK_CANCELLED') throw error
    return {}
  }
}

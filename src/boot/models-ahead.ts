import type { BootFinding } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { loadSchema } from '../models/load-models.ts'
import { modelsWritten } from '../run/fresh-plan.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import { bundledScript } from '../script/bundle.ts'
import { isFileOf, type RevisionNames } from '../script/revision-files.ts'
import { loadRevisions } from '../script/revisions.ts'
import { readScript } from '../script/script-directory.ts'

/**
 * Whether the models are others than the head revision says it leads to; null where no revision says so. Of the files only
 * those are opened that come after the newest fingerprint. Throws what reading models and headers throws.
 */
export async function findModelsAhead(
  { models, casing, folders }: Pick<Config, 'models' | 'casing' | 'folders'>,
  { files }: RevisionNames,
  heads: readonly string[],
): Promise<BootFinding | null> {
  if (models === undefined) return null
  const written = await modelsWritten(heads, async (id) => {
    const bundled = bundledScript(folders, id)
    const file = files.find((each) => isFileOf(each, id))
    return bundled ?? (file === undefined ? undefined : await readScript(file))
  })
  if (written === null) return null
  const fingerprint = schemaFingerprint(await loadSchema(models, casing))
  if (fingerprint === written.models) return null
  return {
    code: 'models-ahead',
    message: `the models are not those that revision ${written.id} leads to`,
    hint: 'Write what is missing: `npx limbeck revision --autogenerate -m "…"`. Where `npx limbeck check` finds no difference, `npx limbeck check --write` notes them; a `casing` or a list of models other than in limbeck.config.ts shows like this too.',
    revisions: [written.id],
  }
}

/** `modelsAhead: 'refuse'`: asked of the files before anything is connected to. Throws LIMBECK_MODELS_AHEAD. */
export async function refuseModelsAhead(config: Config, names: RevisionNames): Promise<void> {
  const { map } = await loadRevisions(config.folders)
  const finding = await findModelsAhead(config, names, map.effectiveHeads)
  if (finding === null) return
  const { message, hint, revisions } = finding
  const [revision = ''] = revisions
  throw new LimbeckError('LIMBECK_MODELS_AHEAD', message, { revision, revisions, hint })
}

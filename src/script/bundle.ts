import path from 'node:path'
import { LimbeckError } from '../errors.ts'
import type { Script, SqlBodies } from './script.ts'

/** One revision as `limbeck bundle` has read it. */
export interface BundledRevision {
  /** Its `file` is relative to the project. */
  readonly script: Script
  readonly text: string
  /** Of a `.sql` revision: split, so that no grammar is needed. */
  readonly bodies?: SqlBodies
  /** Of a `.ts` revision: its exports. */
  readonly load?: () => Readonly<Record<string, unknown>>
}

/** The revisions as one value: what the module that `limbeck bundle` writes exports by default. */
export interface RevisionBundle {
  readonly format: 1
  /** Names of the files, as the folders list them: what the history remembers a head by. */
  readonly names: readonly string[]
  readonly revisions: readonly BundledRevision[]
}

interface Mounted {
  readonly names: readonly string[]
  readonly scripts: readonly Script[]
}

const folders = new Map<string, Mounted>()
const files = new Map<string, BundledRevision>()
const mounts = new WeakMap<RevisionBundle, string>()

/**
 * Makes the revisions of a bundle readable as a folder, whose path it returns: a path like any other, in messages too, at
 * which there is nothing on the disk. Throws LIMBECK_INVALID_OPTION for what is not a bundle.
 */
export function mountBundle(bundle: RevisionBundle): string {
  const known = mounts.get(bundle)
  if (known !== undefined) return known
  if (bundle?.format !== 1 || !Array.isArray(bundle.revisions)) throw notABundle()
  const folder = path.resolve(folders.size === 0 ? '(bundle)' : `(bundle ${folders.size + 1})`)
  const scripts = bundle.revisions.map((revision) => {
    const script = { ...revision.script, file: path.join(folder, revision.script.file) }
    files.set(script.file, revision)
    return script
  })
  folders.set(folder, { names: bundle.names, scripts })
  mounts.set(bundle, folder)
  return folder
}

/** What is mounted at `folder`. */
export const bundleAt = (folder: string): Mounted | undefined => folders.get(folder)

/** The revision of this id in one of the bundles that are mounted at `paths`. */
export const bundledScript = (paths: readonly string[], id: string): Script | undefined =>
  paths.flatMap((folder) => folders.get(folder)?.scripts ?? []).find((script) => script.id === id)

/** The revision whose file this is, where it comes from a bundle. */
export const bundledFile = (file: string): BundledRevision | undefined => files.get(file)

function notABundle(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    'option bundle is not what this version of limbeck bundles',
    {
      hint: 'Write the module again with `npx limbeck bundle -o migrations.mjs`, and pass its default export.',
    },
  )
}

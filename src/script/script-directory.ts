import { basename } from 'node:path'
import { LimbeckError } from '../errors.ts'
import { bundleAt } from './bundle.ts'
import { drizzleLayout } from './drizzle-layout.ts'
import { orForeign } from './foreign-tool.ts'
import { keepText, type WholeText } from './kept-text.ts'
import { readBeginning, readText } from './read-text.ts'
import { revisionFolders } from './revision-files.ts'
import type { Script } from './script.ts'
import { holdsWholeHeader, parseSqlHeader } from './sql-script.ts'

/**
 * The heads of all `.sql` and `.ts` revisions in the folders, in the order of the folders and then by name;
 * empty when there are none; migrations of drizzle-kit are revisions too. No code is run. Throws LIMBECK_FOLDER_MISSING, and LIMBECK_INVALID_FILE for
 * the first file in that order that is not a revision.
 */
export async function readScripts(folders: readonly string[]): Promise<readonly Script[]> {
  const scripts: Script[] = folders.flatMap((folder) => bundleAt(folder)?.scripts ?? [])
  const onDisk = folders.filter((folder) => bundleAt(folder) === undefined)
  for (const { folder, names, files } of await revisionFolders(onDisk)) {
    const layout = drizzleLayout(folder, names)
    if (layout !== null) {
      const { readDrizzleScripts } = await import('./drizzle-folder.ts')
      scripts.push(...(await readDrizzleScripts(folder, layout, names)))
    }
    for (const file of files) {
      const { script, whole } = await readHeader(file)
      if (whole) keepText(script, whole)
      scripts.push(script)
    }
  }
  return scripts
}

/** The header of one revision file. Throws LIMBECK_INVALID_FILE. */
export async function readScript(file: string): Promise<Script> {
  return (await readHeader(file)).script
}

/** A script, and all of its text where that was read on the way. */
interface ReadHeader {
  readonly script: Script
  readonly whole?: WholeText
}

async function readHeader(file: string): Promise<ReadHeader> {
  if (/\.ts$/i.test(file)) {
    const { parseTsScript } = await import('./ts-script.ts')
    return { script: parseTsScript(file, await readText(file)) }
  }
  const { text: beginning, isWhole } = await readBeginning(file)
  const text = isWhole || holdsWholeHeader(beginning) ? beginning : await readText(file)
  try {
    const { script, bodyStart } = parseSqlHeader(file, text)
    return isWhole ? { script, whole: { text, bodyStart } } : { script }
  } catch (error) {
    throw orForeign(error, file, text)
  }
}

/**
 * A graph error (a duplicate id, a missing parent, a cycle …) with the files it speaks of; any other value
 * as it is.
 */
export function withFiles(error: unknown, scripts: readonly Script[]): unknown {
  if (!(error instanceof LimbeckError) || error.details.file !== undefined) return error
  const { revision, revisions = [] } = error.details
  const ids = new Set(revision === undefined ? revisions : [revision, ...revisions])
  const files = scripts.filter(({ id }) => ids.has(id)).map(({ file }) => file)
  const [file] = files
  if (file === undefined) return error
  const names = files.map((path) => basename(path))
  // Two folders may hold files of the same name: then only paths tell them apart.
  const shown = new Set(names).size === names.length ? names : files
  return new LimbeckError(error.code, `${error.message} (${shown.join(', ')})`, {
    ...error.details,
    file,
    cause: error.cause ?? error,
  })
}

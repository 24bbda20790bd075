import { existsSync } from 'node:fs'
import path from 'node:path'
import { argv, cwd } from 'node:process'
import { LimbeckError } from '../errors.ts'

/** The error for a folder of revisions that cannot be listed: where it is instead, if it is anywhere near. */
export function folderMissing(folder: string, cause: unknown): LimbeckError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const error = (fact: string, hint: string) =>
    new LimbeckError('LIMBECK_FOLDER_MISSING', `the revision folder ${folder} ${fact}`, {
      cause,
      file: folder,
      hint,
    })
  if (code !== 'ENOENT') {
    const fact = code === 'ENOTDIR' ? 'is not a folder' : `cannot be read (${String(code)})`
    return error(fact, 'Correct the configured folder, or its permissions.')
  }
  const other = elsewhere(folder)
  if (other === null)
    return error(
      'does not exist',
      'Run `npx limbeck init` to create it, or correct the configured folder.',
    )
  return error(
    `does not exist: the working directory is ${cwd()}, and the folder is at ${other}`,
    "Start the process in the project's folder, or name the folder wherever it is started: migrations: new URL('./migrations/', import.meta.url).",
  )
}

/**
 * Where a folder is that a path relative to the working directory has missed: above the program that was started, or above the
 * working directory. Null where there is none of that name.
 */
function elsewhere(folder: string): string | null {
  const inside = path.relative(cwd(), folder)
  if (inside.startsWith('..') || path.isAbsolute(inside)) return null
  const program = argv[1] === undefined ? [] : [path.dirname(argv[1])]
  for (const start of [...program, cwd()])
    for (let above = start, last = ''; above !== last; last = above, above = path.dirname(above)) {
      const found = path.join(above, inside)
      if (found !== folder && existsSync(found)) return found
    }
  return null
}

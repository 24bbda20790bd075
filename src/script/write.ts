import { randomBytes } from 'node:crypto'
import { link, open, unlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LimbeckError } from '../errors.ts'

/**
 * Writes a new revision file and returns its absolute path; under its name it is whole or not there at all.
 * Throws LIMBECK_FILE_EXISTS instead of overwriting, LIMBECK_FOLDER_MISSING without the folder, and a
 * TypeError for a name that is more than a name.
 */
export async function writeRevision(folder: string, name: string, text: string): Promise<string> {
  if (basename(name) !== name || !/^[^\\/\0.][^\\/\0]*$/.test(name)) {
    throw new TypeError(`not a plain file name: ${JSON.stringify(name)}`)
  }
  const file = join(resolve(folder), name)
  // readScripts() ignores dot files, also one that a crash leaves behind.
  const unfinished = join(resolve(folder), `.${randomBytes(6).toString('hex')}.limbeck`)
  await writeNew(unfinished, text).catch((cause) => {
    throw writeFailed(unfinished, folder, cause)
  })
  try {
    // Unlike a rename, a link never replaces a file that is there.
    await link(unfinished, file).catch(async (cause) => {
      if (cause.code === 'EEXIST') throw cause
      // Some file systems have no hard links.
      await writeNew(file, text)
    })
  } catch (cause) {
    throw writeFailed(file, folder, cause)
  } finally {
    await unlink(unfinished)
  }
  return file
}

async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(text, 'utf8')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function writeFailed(file: string, folder: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EEXIST') {
    return new LimbeckError('LIMBECK_FILE_EXISTS', `the file ${file} exists already`, {
      cause,
      file,
      hint: 'Give another message or --rev-id; nothing has been changed.',
    })
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LimbeckError(
      'LIMBECK_FOLDER_MISSING',
      `the revision folder ${folder} does not exist`,
      {
        cause,
        file: folder,
        hint: 'Run `npx limbeck init` to create it, or correct the configured folder.',
      },
    )
  }
  return new LimbeckError(
    'LIMBECK_FOLDER_MISSING',
    `the revision folder ${folder} cannot be written (${String(code)})`,
    {
      cause,
      file: folder,
      hint: 'Correct its permissions, or the configured folder.',
    },
  )
}

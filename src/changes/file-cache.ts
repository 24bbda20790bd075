import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { TextCache } from '../autogenerate/shadow/shadow-key.ts'
import { makePrivateFolder, readPrivateFile } from '../private-files.ts'

const kept = 8
const ending = '.shadow'

/**
 * A cache in files, where tools keep such things: `node_modules/.cache/limbeck`. Without `node_modules`, or where it
 * cannot be written, nothing is kept. Never an error: what cannot be read as it was written is not there, and so is
 * what anybody but this process's user could have written.
 */
export function fileCache(modules = 'node_modules'): TextCache {
  const folder = path.join(modules, '.cache', 'limbeck')
  const fileOf = (key: string) => path.join(folder, `${key}${ending}`)
  return {
    read: async (key) => {
      if (!(await isUsable(folder))) return undefined
      const content = await readPrivateFile(fileOf(key))
      const end = content?.indexOf('\n') ?? -1
      const text = content?.slice(end + 1) ?? ''
      return content?.slice(0, end) === headOf(key, text) ? text : undefined
    },
    write: async (key, text) => {
      if (!(await orUndefined(stat(modules)))?.isDirectory()) return
      await orUndefined(mkdir(path.dirname(folder)))
      if (!(await isUsable(folder))) return
      const draft = `${fileOf(key)}.${randomBytes(6).toString('hex')}`
      await orUndefined(
        writeFile(draft, `${headOf(key, text)}\n${text}`, { flag: 'wx', mode: 0o600 }).then(() =>
          rename(draft, fileOf(key)),
        ),
      )
      await orUndefined(removeOld(folder))
    },
  }
}

/** Through no link: it would lead the cache into any folder of this user's. */
async function isUsable(folder: string): Promise<boolean> {
  const above = await orUndefined(lstat(path.dirname(folder)))
  return above?.isDirectory() === true && (await makePrivateFolder(folder))
}

/** Proves that the text is what was written under this key. */
function headOf(key: string, text: string): string {
  return createHash('sha256').update(key).update(text).digest('hex')
}

/** All but the newest; drafts that were never finished grow old as well. */
async function removeOld(folder: string): Promise<void> {
  const files = (await readdir(folder))
    .filter((name) => name.includes(ending))
    .map((name) => path.join(folder, name))
  const dated = await Promise.all(
    files.map(async (file) => ({ file, time: (await orUndefined(stat(file)))?.mtimeMs ?? 0 })),
  )
  const old = dated.sort((a, b) => b.time - a.time).slice(kept)
  await Promise.all(old.map(({ file }) => rm(file, { force: true })))
}

function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined)
}

import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { geteuid } from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { fileCache } from '../../src/changes/file-cache.ts'
import { sweepTemporaryFolders } from '../../src/embedded/temporary.ts'

const isRoot = geteuid?.() === 0
const stranger = 65_534

async function newFolder(prefix = 'limbeck-private-'): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A cache with one text, and where that is kept. */
async function filledCache() {
  const modules = await newFolder()
  const cache = fileCache(modules)
  await cache.write('key', 'text')
  const folder = path.join(modules, '.cache', 'limbeck')
  return { modules, cache, folder, file: path.join(folder, 'key.shadow') }
}

/** As one who knows how the cache is written would write it. */
const forged = (text: string) =>
  `${createHash('sha256').update('key').update(text).digest('hex')}\n${text}`

test('the cache is for the eyes of its user only, also where an older version made its folder', async () => {
  const { modules, cache, folder, file } = await filledCache()
  const mode = async (name: string) => (await stat(name)).mode & 0o777
  expect([await mode(folder), await mode(file)]).toEqual([0o700, 0o600])
  await chmod(folder, 0o755)
  expect(await cache.read('key')).toBe('text')
  expect(await mode(folder)).toBe(0o700)
  expect(await readdir(modules)).toEqual(['.cache'])
})

test('a text that is not the one that was written is not read', async () => {
  const { cache, file } = await filledCache()
  await writeFile(file, (await readFile(file, 'utf8')).replace('text', 'test'))
  expect(await cache.read('key')).toBeUndefined()
  await cache.write('key', 'text')
  expect(await cache.read('key')).toBe('text')
})

const poisons: readonly [string, (file: string, modules: string) => Promise<unknown>][] = [
  ['that others may write to', (file) => chmod(file, 0o666)],
  ['that others may read', (file) => chmod(file, 0o644)],
  [
    'that is a symbolic link',
    async (file, modules) => {
      await rename(file, path.join(modules, 'elsewhere'))
      await symlink(path.join(modules, 'elsewhere'), file)
    },
  ],
  [
    'that is a folder',
    async (file) => {
      await rm(file)
      await mkdir(file)
    },
  ],
]
test.each(poisons)('a file %s is not read, though its hash is right', async (_, poison) => {
  const { modules, cache, file } = await filledCache()
  await writeFile(file, forged('poison'))
  expect(await cache.read('key')).toBe('poison')
  await poison(file, modules)
  expect(await cache.read('key')).toBeUndefined()
})

test.runIf(isRoot)('a file or folder of somebody else is neither read nor written to', async () => {
  const { cache, folder, file } = await filledCache()
  await writeFile(file, forged('poison'))
  await chown(file, stranger, stranger)
  expect(await cache.read('key')).toBeUndefined()
  await cache.write('key', 'text')
  expect(await cache.read('key')).toBe('text')
  await chown(folder, stranger, stranger)
  expect(await cache.read('key')).toBeUndefined()
  await cache.write('other', 'text')
  expect(await readdir(folder)).toEqual(['key.shadow'])
})

test.each(['.cache', '.cache/limbeck'])(
  'through a link at %s nothing is read, written or removed',
  async (name) => {
    const { modules, cache } = await filledCache()
    const target = await newFolder()
    for (let at = 0; at < 12; at++) await writeFile(path.join(target, `${at}.shadow`), 'mine')
    const link = path.join(modules, name)
    await rm(link, { recursive: true })
    await symlink(target, link)
    await cache.write('key', 'text')
    expect(await cache.read('key')).toBeUndefined()
    expect(await readdir(target)).toHaveLength(12)
  },
)

test('what other tools keep in that folder stays', async () => {
  const { cache, folder } = await filledCache()
  for (let at = 0; at < 12; at++) await writeFile(path.join(folder, `${at}.txt`), 'theirs')
  await cache.write('other', 'text')
  expect(await readdir(folder)).toHaveLength(14)
})

/** A folder as a killed process leaves it, which says that a cluster stood in `cluster`. */
async function leftBehind(cluster: string): Promise<string> {
  const folder = await newFolder('limbeck-embedded-')
  // No process has this number: Linux gives none above 4,194,304.
  await writeFile(path.join(folder, 'owner.pid'), '999999999')
  const settings = { url: 'postgres://postgres:x@127.0.0.1:1/postgres', cluster }
  await writeFile(path.join(folder, 'embedded.json'), JSON.stringify(settings))
  return folder
}

test.runIf(isRoot)('the folder of somebody else is not swept, whatever it says', async () => {
  const victim = await newFolder()
  const planted = await leftBehind(victim)
  await chown(planted, stranger, stranger)
  const open = await leftBehind(victim)
  await chmod(open, 0o777)
  await sweepTemporaryFolders(tmpdir(), { name: 'embedded-postgres', from: '' })
  for (const folder of [victim, planted, open])
    expect((await lstat(folder)).isDirectory()).toBe(true)
})

test('a folder left behind goes, and never one beyond it', async () => {
  const victim = await newFolder()
  const folder = await leftBehind(victim)
  await link(path.join(folder, 'owner.pid'), path.join(victim, 'kept'))
  await sweepTemporaryFolders(tmpdir(), { name: 'embedded-postgres', from: '' })
  expect(await readdir(victim)).toEqual(['kept'])
  await expect(lstat(folder)).rejects.toThrow('ENOENT')
})

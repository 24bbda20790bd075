import { readFile, writeFile } from 'node:fs/promises'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

const models = { users: pgTable('users', { id: integer().primaryKey() }) }
const further = { users: pgTable('users', { id: integer().primaryKey(), extra: text() }) }
const up = 'CREATE TABLE users (id int PRIMARY KEY);'
const down = 'DROP TABLE users;'

const tsRevision = `// a test

export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const fresh = 'skip'

export async function upgrade() {}
export async function downgrade() {}
`

async function project(given: object = models) {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path, models: { ...given } }
  return { folder, options, migrator: createMigrator(options) }
}

async function warnedOnEmpty(options: { migrations: string; models: object }) {
  const [{ url }, logger] = [await createDatabase(), keepLog()]
  const { stamped } = await initDb({ ...options, url, models: { ...options.models }, logger })
  return { stamped, warned: logger.lines.filter(({ level }) => level === 'warn').length }
}

test.each([
  ['\n', 'sql'],
  ['\r\n', 'sql'],
  ['\n', 'ts'],
  ['\r\n', 'ts'],
] as const)(
  'what the boot warns of is noted by check --write, with %j in .%s',
  async (end, kind) => {
    const { folder, options, migrator } = await project()
    await folder.sql('aaa1', { up, down })
    const file =
      kind === 'sql'
        ? await folder.sql('bbb2', { revises: 'aaa1', head: ['compatible: yes'] })
        : await folder.ts('bbb2', tsRevision)
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', end))
    await migrator.upgrade()
    expect(await warnedOnEmpty(options)).toEqual({ stamped: ['aaa1', 'bbb2'], warned: 1 })
    const before = (await readFile(file, 'utf8')).split(end)
    const report = await migrator.check({ write: true })
    expect(report).toEqual({ findings: [], written: file })
    const after = (await readFile(file, 'utf8')).split(end)
    expect(after.filter((line) => !line.includes('models'))).toEqual(before)
    expect(after).toHaveLength(before.length + 1)
    expect(await warnedOnEmpty(options)).toEqual({ stamped: ['aaa1', 'bbb2'], warned: 0 })
    // It says so already, and is no edit.
    expect(await migrator.check({ write: true })).toEqual({ findings: [] })
  },
)

test('a fingerprint of other models is replaced', async () => {
  const { folder, options, migrator } = await project()
  const file = await folder.sql('aaa1', {
    head: ['models: 0123456789abcdef', 'fresh: skip'],
    up,
    down,
  })
  await migrator.upgrade()
  await migrator.check({ write: true })
  const text = await readFile(file, 'utf8')
  expect(text).not.toContain('0123456789abcdef')
  expect(text.match(/^-- models: [0-9a-f]{16}$/gm)).toHaveLength(1)
  expect((await warnedOnEmpty(options)).warned).toBe(0)
})

test('nothing is noted where the models are ahead, or nobody has looked', async () => {
  const { folder, migrator } = await project(further)
  const file = await folder.sql('aaa1', { up, down })
  await migrator.upgrade()
  const before = await readFile(file, 'utf8')
  const { findings, written } = await migrator.check({ write: true })
  expect(findings.map(({ code }) => code)).toContain('models-not-noted')
  expect(written).toBeUndefined()
  expect((await failure(migrator.check({ write: true, offline: true }))).code).toBe(
    'LIMBECK_INVALID_OPTION',
  )
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a merge says which models it leads to', async () => {
  const { folder, options, migrator } = await project()
  await folder.sql('aaa1', { up, down })
  await folder.sql('bbb2', { revises: 'aaa1' })
  await folder.sql('ccc3', { revises: 'aaa1' })
  const { file } = await migrator.merge('heads')
  expect(await readFile(file, 'utf8')).toMatch(/^-- models: [0-9a-f]{16}$/m)
  expect((await warnedOnEmpty(options)).warned).toBe(0)
})

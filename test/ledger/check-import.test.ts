import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { createMigrator } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { rootFolder } from '../support/root-folder.ts'
import { journalFolder, library } from './history.ts'

/** A project whose migrations were imported from a folder that is still there. */
async function importedProject(
  tool: 'drizzle' | 'prisma',
  files: Readonly<Record<string, string>>,
) {
  const root = rootFolder()
  for (const [name, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const folder = join(root, tool === 'drizzle' ? 'drizzle' : 'prisma/migrations')
  if (tool === 'drizzle') cpSync(journalFolder(library), folder, { recursive: true })
  const { written } = await importHistory({ tool, folder, into: join(root, 'migrations') })
  const { url } = await createDatabase()
  const { check } = createMigrator({ url, migrations: join(root, 'migrations') })
  const found = async () => {
    const { findings } = await check()
    return findings.filter(({ code }) => code.startsWith('import-'))
  }
  const edit = (at: number, from: string, to: string) => {
    const { file = '' } = written[at] ?? {}
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
  }
  return { root, folder, written, found, edit }
}

const prismaFiles = {
  'prisma/migrations/20240101000000_init/migration.sql':
    'CREATE TABLE "users" ("id" integer PRIMARY KEY, "name" text);',
  'prisma/migrations/20240102000000_seed/migration.sql':
    "INSERT INTO users VALUES (1, 'ann'), (2, 'bob');",
}

test('an imported chain builds what the migrations build, until somebody edits it', async () => {
  const { found, edit, written } = await importedProject('prisma', prismaFiles)
  expect(await found()).toEqual([])
  edit(0, '"name" text', '"name" varchar(10)')
  expect(await found()).toMatchObject([
    {
      code: 'import-differs',
      severity: 'error',
      message:
        'column users.name differs: type is character varying(10) in the imported chain and text in the migrations of prisma in prisma/migrations',
      revision: written[0]?.revision,
    },
  ])
})

test('rows count, too, and what came after the import does not', async () => {
  const { root, found, edit, written } = await importedProject('prisma', prismaFiles)
  edit(1, "(2, 'bob')", "(3, 'bob')")
  const last = written.at(-1)?.revision
  writeFileSync(
    join(root, 'migrations', 'aaaa11112222_more.sql'),
    `-- more\n--\n-- revision: aaaa11112222\n-- revises: ${last}\n\n-- +upgrade\nCREATE TABLE more (id int);\n\n-- +downgrade\nDROP TABLE more;\n`,
  )
  expect(await found()).toMatchObject([
    { code: 'import-differs', message: expect.stringContaining('table users has other rows') },
  ])
})

test("drizzle's folder is replayed as it is; where it has gone, or has other migrations, nothing is said", async () => {
  const { root, folder, found, edit, written } = await importedProject('drizzle', {})
  expect(await found()).toEqual([])
  const { file = '' } = written.at(-1) ?? {}
  const text = readFileSync(file, 'utf8')
  edit(written.length - 1, '-- +downgrade', 'CREATE TABLE added_later (id int);\n\n-- +downgrade')
  expect(await found()).toMatchObject([
    { message: 'only the imported chain has table added_later' },
  ])
  cpSync(folder, join(root, 'db/drizzle'), { recursive: true })
  rmSync(folder, { recursive: true })
  expect(await found()).toEqual([])
  writeFileSync(join(root, 'drizzle.config.ts'), "export default { out: './db/drizzle' }")
  expect(await found()).toHaveLength(1)
  writeFileSync(file, text)
  expect(await found()).toEqual([])
})

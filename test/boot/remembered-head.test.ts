import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

async function atHead() {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const file = await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  const options = { url: database.url, migrations: folder.path }
  await initDb(options)
  return { database, folder, file, options }
}

test('a boot at head opens no revision file', async () => {
  const { file, options } = await atHead()
  await writeFile(file, 'not a revision')
  expect(await initDb(options)).toMatchObject({ outcome: 'current', to: ['aaa1'] })
  expect(await initDb({ ...options, mode: 'verify' })).toMatchObject({ outcome: 'current' })
})

test('nor after a stamp of the heads', async () => {
  const { file, options } = await atHead()
  const migrator = createMigrator(options)
  await migrator.stamp('base')
  await migrator.stamp('heads')
  await writeFile(file, 'not a revision')
  expect(await initDb(options)).toMatchObject({ outcome: 'current', to: ['aaa1'] })
})

test('nor while a peer migrates: whoever waits for it needs only the names', async () => {
  const { database, folder, options } = await atHead()
  await database.query('CREATE TABLE gate (id int)')
  const untilOpen = `DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM gate) LOOP PERFORM pg_sleep(0.02); END LOOP;
  END $$;`
  await folder.sql('bbb2', { revises: 'aaa1', up: untilOpen, down: 'SELECT 1;' })
  const junk = await revisionFolder()
  for (const id of ['aaa1', 'bbb2'])
    await writeFile(await junk.sql(id, { up: '' }), 'not a revision')

  const reached = (state: string, migrations: string) => {
    let boot: ReturnType<typeof initDb> | undefined
    const there = new Promise<void>((resolve) => {
      const onProgress = (progress: { state: string }) => progress.state === state && resolve()
      boot = initDb({ ...options, migrations, onProgress })
    })
    return there.then(() => ({ boot }))
  }
  const { boot: migrating } = await reached('migrating', folder.path)
  const { boot: waiting } = await reached('waiting', junk.path)
  await database.query('INSERT INTO gate VALUES (1)')
  expect(await migrating).toMatchObject({ outcome: 'upgraded', applied: ['bbb2'] })
  expect(await waiting).toMatchObject({ outcome: 'waited', from: ['aaa1'], to: ['bbb2'] })
})

test('a file more or less is noticed', async () => {
  const { folder, file, options } = await atHead()
  const added = await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 1;' })
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', applied: ['bbb2'] })
  await rm(added)
  expect(await initDb(options)).toMatchObject({ outcome: 'ahead' })
  await rm(file)
  expect((await failure(initDb(options))).code).toBe('LIMBECK_FOLDER_EMPTY')
})

test('rows that were moved by other means are not taken for the head', async () => {
  const { database, folder, options } = await atHead()
  await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 1;' })
  await initDb(options)
  await database.query(`UPDATE limbeck_version SET version_num = 'aaa1'`)
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', applied: ['bbb2'] })
  await createMigrator(options).downgrade('aaa1')
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', applied: ['bbb2'] })
})

test('a history of an older version is read as it is, and remembers from its next line on', async () => {
  const { database, folder, options } = await atHead()
  await database.query('ALTER TABLE limbeck_history DROP COLUMN head_of')
  expect(await initDb(options)).toMatchObject({ outcome: 'current' })
  await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 1;' })
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', applied: ['bbb2'] })
  const lines = await database.query<{ head_of: string | null }>(
    'SELECT head_of FROM limbeck_history ORDER BY id',
  )
  expect(lines.map(({ head_of }) => head_of !== null)).toEqual([false, true])
})

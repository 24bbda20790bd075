import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase, databaseUrl, onServer } from '../support/postgres.ts'
import { keepLog, revisionFolder } from '../support/revisions.ts'

test('a password that changes while a process waits is asked for anew by the next connection, and is never told', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const role = `rotating_${randomBytes(4).toString('hex')}`
  await onServer((sql) => sql.unsafe(`CREATE ROLE ${role} LOGIN`))
  onTestFinished(async () => {
    await database.query(`DROP OWNED BY ${role}`)
    await onServer((sql) => sql.unsafe(`DROP ROLE ${role}`))
  })
  await database.query(
    `GRANT ALL ON SCHEMA public TO ${role}; CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO ${role}; CREATE TABLE elsewhere.held AS SELECT; GRANT SELECT ON elsewhere.held TO ${role}`,
  )
  await folder.sql('aaa1', {
    up: `CREATE TABLE t (id int);
DO $$ BEGIN WHILE EXISTS (SELECT FROM elsewhere.held) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;`,
  })
  await folder.ts(
    'bbb2',
    `export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const upgrade = ({ sql }) => sql\`INSERT INTO t VALUES (1)\`
export async function downgrade() {}
`,
  )
  const passwords: string[] = []
  const rotate = async () => {
    const next = randomBytes(12).toString('hex')
    await onServer((sql) => sql.unsafe(`ALTER ROLE ${role} PASSWORD '${next}'`))
    passwords.push(next)
  }
  await rotate()
  const password = async () => passwords.at(-1) ?? ''
  const url = databaseUrl(database.name, { name: role, password: '' })
  const logger = keepLog()
  const common = { url, password, migrations: folder.path }
  const first = initDb(common)
  const locked = `SELECT FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  while ((await database.query(locked)).length === 0) await sleep(10)
  const second = initDb({ ...common, logger })
  while (!logger.lines.some(({ message }) => message.startsWith('waiting'))) await sleep(10)
  await rotate()
  await database.query('DELETE FROM elsewhere.held')
  expect([(await first).outcome, (await second).outcome]).toEqual(['created', 'waited'])
  expect((await initDb({ ...common, logger })).outcome).toBe('current')
  for (const each of passwords) expect(JSON.stringify(logger.lines)).not.toContain(each)
})

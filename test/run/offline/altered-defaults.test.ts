import { expect, test } from 'vitest'
import { createMigrator } from '../../../src/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { revisionFolder } from '../../support/revisions.ts'
import { pair } from './pair.ts'

const none = ['transaction: none']
const seen = `INSERT INTO public.seen SELECT current_setting('timezone'), current_setting('work_mem'), array_to_string(current_schemas(false), ',');`
const alter = (what: string) =>
  `DO $$ BEGIN EXECUTE format('ALTER ${what}', current_database(), current_user); END $$;`

/** What each revision sees of settings that an earlier one has altered for sessions to come. */
async function alteringFolder() {
  const folder = await revisionFolder()
  const revisions: readonly (readonly [string, readonly string[]])[] = [
    ['CREATE TABLE seen (zone text, memory text, path text); CREATE SCHEMA other;', []],
    [
      `${alter("DATABASE %1$I SET timezone = ''Asia/Tokyo''")}
${alter("ROLE %2$I IN DATABASE %1$I SET work_mem = ''7MB''")}
${alter("DATABASE %1$I SET work_mem = ''6MB''")}
${alter('DATABASE %1$I SET search_path = public, other')}
SET timezone = 'Europe/Berlin';
${seen}`,
      [],
    ],
    [`${seen} CREATE TABLE other.only_there (id int);`, []],
    [`INSERT INTO only_there VALUES (1); SET work_mem = '9MB'; ${seen}`, []],
    [`${seen}\nSET timezone = 'UTC';\nRESET ALL;\n${seen}\nVACUUM public.seen;\n${seen}`, none],
    [alter("DATABASE %1$I SET timezone = ''Asia/Seoul''"), none],
    [seen, []],
    [`${seen} SELECT pg_advisory_lock(42);`, []],
    [
      `${seen} INSERT INTO seen SELECT count(*)::text, '', '' FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND pid = pg_backend_pid();`,
      [],
    ],
  ]
  for (const [index, [up, head]] of revisions.entries())
    await folder.sql(`aaa${index}`, { up, head, revises: index === 0 ? '' : `aaa${index - 1}` })
  return { folder, count: revisions.length }
}

test('what revisions alter for sessions to come, the next ones of a run and of a script begin with', async () => {
  const { folder, count } = await alteringFolder()
  const { online, migrator, run, same } = await pair(folder.path)
  await migrator.upgrade()
  const rows = await online.query('SELECT * FROM seen')
  const alone = await createDatabase()
  for (let steps = 0; steps < count; steps++)
    await createMigrator({ url: alone.url, migrations: folder.path }).upgrade('+1')
  expect(rows).toEqual(await alone.query('SELECT * FROM seen'))
  expect(rows.map(({ zone }) => zone)).toEqual([
    'Europe/Berlin',
    ...Array.from({ length: 5 }, () => 'Asia/Tokyo'),
    ...Array.from({ length: 3 }, () => 'Asia/Seoul'),
    '0',
  ])
  await run((await migrator.upgrade('head', { sql: true })).sql)
  await same(['seen', 'other.only_there'])
})

import { describe, expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure, keepLog } from '../support/revisions.ts'
import { endSleeping } from '../support/until.ts'

const down = 'SELECT 1;'

const project = (first = 'CREATE TABLE t (id int, at timestamp);') => migratedProject(first)

describe('what a failed step says', () => {
  test("a failure of the history table is told as one of Limbeck's own tables", async () => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 2;', down })
    await database.query("SELECT setval(pg_get_serial_sequence('limbeck_history', 'id'), 1, false)")
    const error = await failure(initDb(options))
    expect(error.message).toMatch(/Limbeck's own tables.*SQLSTATE 23505/s)
    expect(error.details.hint).toMatch(/setval/)
  })

  test('a version column that is too short is told as such', async () => {
    const { database, folder, options } = await project()
    await database.query('ALTER TABLE limbeck_version ALTER version_num TYPE varchar(4)')
    await folder.sql('bbb2long', { revises: 'aaa1', up: 'SELECT 2;', down })
    const error = await failure(initDb(options))
    expect(error.message).toMatch(/own tables.*SQLSTATE 22001/s)
    expect(error.details.hint).toMatch(/ALTER TABLE .*version_num TYPE varchar/)
  })

  test("a timeout of the role is told with the line to write, and PostgreSQL's last word is kept", async () => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT pg_sleep(60);', down })
    await database.query(`ALTER DATABASE "${database.name}" SET statement_timeout = 2000`)
    expect((await failure(initDb(options))).details.hint).toMatch(
      /SET LOCAL statement_timeout = 0;/,
    )
    await database.query(`ALTER DATABASE "${database.name}" RESET statement_timeout`)
    const booted = failure(initDb(options))
    await endSleeping(database)
    const error = await booted
    expect(error).toMatchObject({ code: 'LIMBECK_CONNECTION_LOST', details: { sqlstate: '57P01' } })
    expect(error.message).toMatch(/terminating connection due to administrator command/)
  })

  test.each([
    ["RAISE EXCEPTION 'x' USING ERRCODE = '42501';", /Grant it the right, or migrate as a role/],
    ["RAISE EXCEPTION 'x' USING ERRCODE = '55006';", /Another session uses it/],
    ["RAISE EXCEPTION 'x' USING ERRCODE = '58P01';", /run short of something/],
    ["RAISE EXCEPTION 'x' USING ERRCODE = 'XX000';", /PostgreSQL itself has failed/],
    ["RAISE EXCEPTION 'x' USING ERRCODE = '23505';", /Correct the file \(or the data it met\)/],
  ])('%s does not blame the file for what is not its fault', async (raises, hint) => {
    const { folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: `DO $$ BEGIN ${raises} END $$;`, down })
    expect((await failure(initDb(options))).details.hint).toMatch(hint)
  })

  test('a position in a text that PostgreSQL makes again blames no other statement', async () => {
    const { folder, options } = await project(
      "CREATE TYPE m AS ENUM ('a', 'b'); CREATE TABLE t (x m, EXCLUDE (x WITH =) WHERE (x <> 'b'));",
    )
    const retype = 'ALTER TABLE t ALTER x TYPE m USING x::text::m;'
    const up = `ALTER TYPE m RENAME TO old;\nCREATE TYPE m AS ENUM ('a', 'b');\n${retype}\nDROP TYPE old;`
    await folder.sql('bbb2', { revises: 'aaa1', up, down })
    const error = await failure(initDb(options))
    expect(error.message).not.toMatch(/own tables/)
    expect(error.details).toMatchObject({ sqlstate: '42883', statement: retype.slice(0, -1) })
  })

  test('a WARNING of PostgreSQL is logged as one', async () => {
    const { folder, options } = await project()
    const logger = keepLog()
    await folder.sql('bbb2', {
      revises: 'aaa1',
      up: "DO $$ BEGIN RAISE WARNING 'three rows were left out'; END $$;",
      down,
    })
    await initDb({ ...options, logger })
    expect(
      logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
    ).toEqual([expect.stringMatching(/three rows/)])
  })
})

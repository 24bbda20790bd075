import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionText } from '../support/revision-text.ts'
import { run } from './run.ts'

const fill = `CREATE TABLE done (n int);
CREATE PROCEDURE fill(broken bool) LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO done VALUES (1); COMMIT;
  IF broken THEN PERFORM 1 / 0; END IF;
END $$;`

/** A project whose second revision calls what commits by itself, up and down. */
async function project() {
  const database = await createDatabase()
  const call = { head: ['transaction: none'], up: 'CALL fill(false);', down: 'CALL fill(true);' }
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'migrations/a1_fill.sql': revisionText('a1', { up: fill, down: 'DROP TABLE done;' }),
    'migrations/b1_call.sql': revisionText('b1', { revises: 'a1', ...call }),
  })
  const limbeck = (...argv: readonly string[]) =>
    run(argv, { cwd, env: { DATABASE_URL: database.url } })
  const rows = async () => ({
    version: (await database.query<{ v: string }>('SELECT version_num AS v FROM limbeck_version'))
      .map(({ v }) => v)
      .join(),
    done: (await database.query('SELECT FROM done')).length,
  })
  /** Leaves what a process leaves that was killed while it waited for the answer. */
  const cutOff = async (direction: string, statement: string) => {
    await database.query(
      `INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', 'b1', '${direction}') ON CONFLICT DO NOTHING`,
    )
    await database.query(
      `UPDATE limbeck_progress SET statement_started = encode(sha256('${statement}'), 'hex')`,
    )
  }
  return { database, cwd, limbeck, rows, cutOff }
}

test('upgrade --interrupted says what became of a CALL that was interrupted, and of nothing else', async () => {
  const { limbeck, rows, cutOff } = await project()
  await limbeck('upgrade', 'a1')
  await cutOff('upgrade', 'CALL fill(false)')
  const asked = await limbeck('upgrade')
  expect(asked.code).toBe(1)
  expect(asked.stderr).toContain('LIMBECK_INTERRUPTED_CALL')
  expect(asked.stderr).toContain('`npx limbeck upgrade --interrupted done`')
  const unknown = await limbeck('upgrade', '--interrupted', 'maybe')
  expect(unknown.code).toBe(1)
  expect(unknown.stderr).toContain('Write `--interrupted done` or `--interrupted again`.')
  expect(await rows()).toEqual({ version: 'a1', done: 0 })
  expect((await limbeck('upgrade', '--interrupted', 'done')).code).toBe(0)
  expect(await rows()).toEqual({ version: 'b1', done: 0 })
})

test('upgrade --interrupted again runs it as a whole', async () => {
  const { limbeck, rows, cutOff } = await project()
  await limbeck('upgrade', 'a1')
  await cutOff('upgrade', 'CALL fill(false)')
  expect((await limbeck('upgrade', '--interrupted', 'again')).code).toBe(0)
  expect(await rows()).toEqual({ version: 'b1', done: 1 })
})

test('downgrade --interrupted, and with --from-history', async () => {
  const { cwd, limbeck, rows, cutOff } = await project()
  await limbeck('upgrade')
  expect((await limbeck('downgrade', '--yes', 'a1')).code).toBe(1)
  await cutOff('downgrade', 'CALL fill(true)')
  const asked = await limbeck('downgrade', '--yes', 'a1')
  expect(asked.stderr).toContain('`npx limbeck downgrade <target> --interrupted done`')
  rmSync(join(cwd, 'migrations/b1_call.sql'))
  const fromHistory = ['downgrade', '--from-history', '--yes', 'a1']
  expect((await limbeck(...fromHistory)).stderr).toContain('LIMBECK_INTERRUPTED_CALL')
  expect(await rows()).toEqual({ version: 'b1', done: 2 })
  const again = await limbeck(...fromHistory, '--interrupted', 'again')
  expect(again.stderr).toContain('division by zero')
  expect(await rows()).toEqual({ version: 'b1', done: 3 })
  await cutOff('downgrade', 'CALL fill(true)')
  expect((await limbeck(...fromHistory, '--interrupted', 'done')).code).toBe(0)
  expect(await rows()).toEqual({ version: 'a1', done: 3 })
})

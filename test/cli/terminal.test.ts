import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cliProject } from '../support/cli-project.ts'
import { atTerminal, hasTerminal, keys, type Press } from '../support/terminal.ts'

const models = `
export const users = pg.pgTable('users', { id: pg.integer().primaryKey(), full: pg.text(), place: pg.integer() })`

/** A database whose users have a column of another name, or of a type that there is no cast from. */
async function begun(columns: string) {
  const first = `-- x\n--\n-- revision: a1\n-- revises:\n\n-- +upgrade\nCREATE TABLE users (id integer PRIMARY KEY, ${columns});\n\n-- +downgrade\nDROP TABLE users;\n`
  const { cwd, database, limbeck } = await cliProject({
    graph: {},
    models,
    files: { 'migrations/a1_x.sql': first },
  })
  await limbeck('upgrade')
  const env = { DATABASE_URL: database.url }
  const files = () =>
    readdirSync(join(cwd, 'migrations')).filter(
      (name) => name.endsWith('_x.sql') && name !== 'a1_x.sql',
    )
  return {
    files,
    text: () =>
      files()
        .map((name) => readFileSync(join(cwd, 'migrations', name), 'utf8'))
        .join(''),
    ask: (presses: readonly Press[], more: readonly string[] = []) =>
      atTerminal(['revision', '--autogenerate', '-m', 'x', ...more], { cwd, env }, presses),
    cwd,
    env,
  }
}

const renamed = 'name text, place integer'
const recast = '"full" text, place point'
const question = 'Is column users.name gone, or has it a new name?'
const there = 'How does point become integer in column users.place? (an SQL expression):'
const back = 'And back? (the same; a cast is tried where nothing is typed):'

describe.runIf(hasTerminal)('at a terminal', () => {
  test('the new name is picked with Enter', async () => {
    const { ask, text } = await begun(renamed)
    expect(await ask([[question, keys.enter]])).toMatchObject({ code: 0 })
    expect(text()).toContain('ALTER TABLE "users" RENAME COLUMN "name" TO "full";')
  })

  test('the other one with the arrow keys, and what that loses is agreed to', async () => {
    const { ask, text } = await begun(renamed)
    const { code } = await ask([
      [question, keys.down],
      ['gone: it is dropped', keys.enter],
      ['Write it all the same?', 'y'],
    ])
    expect(code).toBe(0)
    expect(text()).toContain('ALTER TABLE "users" DROP COLUMN "name";')
  })

  test('the arrow keys lead back up as well', async () => {
    const { ask, text } = await begun(renamed)
    await ask([[question, keys.down + keys.up + keys.enter]])
    expect(text()).toContain('RENAME COLUMN')
  })

  test.each([
    ['Ctrl-C at a list', renamed, [[question, keys.interrupt]]],
    [
      'Ctrl-C at a yes or no',
      renamed,
      [
        [question, keys.down + keys.enter],
        ['Write it all the same?', keys.interrupt],
      ],
    ],
    [
      'Enter alone at a yes or no',
      renamed,
      [
        [question, keys.down + keys.enter],
        ['Write it all the same?', keys.enter],
      ],
    ],
    ['Ctrl-C at a line', recast, [[there, keys.interrupt]]],
    ['Ctrl-C behind what was typed', recast, [[there, `place[0]${keys.interrupt}`]]],
    [
      'Ctrl-C at the second line',
      recast,
      [
        [there, `place[0]::int${keys.enter}`],
        [back, keys.interrupt],
      ],
    ],
    ['the end of input at a line', recast, [[there, keys.end]]],
    ['an empty answer', recast, [[there, keys.enter]]],
    ['an answer of spaces', recast, [[there, `   ${keys.enter}`]]],
  ] satisfies [string, string, Press[]][])('%s writes nothing', async (_, columns, presses) => {
    const { ask, files } = await begun(columns)
    const { code, screen } = await ask(presses)
    expect(screen).toContain('LIMBECK_CANCELLED')
    expect(code).toBe(1)
    expect(files()).toEqual([])
  })

  test('an expression is typed, and the one for the way back', async () => {
    const { ask, text } = await begun(recast)
    const { code } = await ask([
      [there, `place[0]::int${keys.enter}`],
      [back, `point(place, 0)${keys.enter}`],
    ])
    expect(code).toBe(0)
    expect(text()).toContain('TYPE integer USING place[0]::int;')
    expect(text()).toContain('TYPE point USING point(place, 0);')
  })

  test('nothing typed for the way back leaves a guess that is marked', async () => {
    const { ask, text } = await begun(recast)
    await ask([
      [there, `place[0]::int${keys.enter}`],
      [back, keys.enter],
    ])
    expect(text()).toContain('-- check this: how values get back was not said (--using-down)')
  })

  test('an expression that PostgreSQL does not take is an error, and nothing is written', async () => {
    const { ask, files } = await begun(recast)
    const { code, screen } = await ask([
      [there, `nothing(place)${keys.enter}`],
      [back, keys.enter],
    ])
    expect({ code, files: files() }).toMatchObject({ code: 1 })
    expect(screen).toContain('function nothing(point) does not exist')
  })

  test('nothing is asked where the answer is the document', async () => {
    const { ask, files } = await begun(renamed)
    const { code, screen } = await ask([], ['--json'])
    expect(code).toBe(1)
    expect(screen).toContain('LIMBECK_RENAME_QUESTION')
    expect(screen).not.toContain(question)
    expect(files()).toEqual([])
  })
})

test('nothing is asked where stdin is no terminal', async () => {
  const { cwd, env, files } = await begun(renamed)
  const bin = new URL('../../dist/lib/limbeck.js', import.meta.url).pathname
  const { status, stderr } = spawnSync(
    process.execPath,
    [bin, 'revision', '--autogenerate', '-m', 'x'],
    { cwd, env: { ...process.env, ...env }, input: '\n\n', encoding: 'utf8' },
  )
  expect(status).toBe(1)
  expect(stderr).toContain('LIMBECK_RENAME_QUESTION')
  expect(files()).toEqual([])
})

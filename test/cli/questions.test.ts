import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

interface Case {
  /** How the source has it, as far as it is always the same. */
  readonly question: string
  readonly argv: readonly string[]
  /** What answers it on the command line, and what does so at a terminal. */
  readonly flag: readonly string[]
  readonly answer: string
  /** What the hint of the refusal names without a terminal; null where the command then runs as it stands. */
  readonly named: string | null
  readonly given?: (database: { query(sql: string): Promise<unknown> }) => Promise<unknown>
}

const upgraded = 'upgraded'
const point = {
  argv: ['revision', '--autogenerate', '-m', 'x'],
  answer: 'm[0]::int\npoint(m, 0)\n',
  named: "--using 't_a1.m=<SQL expression>'",
  given: ({ query }) => query('ALTER TABLE t_a1 ADD m point'),
} satisfies Partial<Case>

const cases: readonly Case[] = [
  {
    question: 'What does it do? (its message)',
    argv: ['revision', '--rev-id', 'c1'],
    flag: ['-m', 'x'],
    answer: 'x\n',
    named: null,
  },
  {
    question: 'Is ',
    argv: ['diff'],
    flag: ['--rename', 't_a1.n=m'],
    answer: '1\n',
    named: '--rename t_a1.n=m',
    given: ({ query }) => query('ALTER TABLE t_a1 ADD n integer; ALTER TABLE t_b1 ADD k text'),
  },
  {
    question: 'Write it all the same?',
    argv: ['revision', '--autogenerate', '-m', 'x', '--no-renames'],
    flag: ['--allow-data-loss'],
    answer: 'y\n',
    named: '--allow-data-loss',
    given: ({ query }) => query('ALTER TABLE t_a1 ADD n integer; ALTER TABLE t_b1 ADD k text'),
  },
  { ...point, question: 'How does ', flag: ['--using', 't_a1.m=m[0]::int'] },
  {
    ...point,
    question: 'And back? (the same; a cast is tried where nothing is typed)',
    flag: ['--using', 't_a1.m=m[0]::int', '--using-down', 't_a1.m=point(m, 0)'],
  },
  {
    question: 'Stamp it?',
    argv: ['stamp', 'a1'],
    flag: ['--yes'],
    answer: 'y\n',
    named: '--yes',
    given: ({ query }) => query('DROP TABLE limbeck_version, limbeck_history'),
  },
  {
    question: 'Undo ',
    argv: ['downgrade', '-1'],
    flag: ['--yes'],
    answer: 'y\n',
    named: null,
  },
  {
    question: 'Run it?',
    argv: ['downgrade', '--from-history', 'a1'],
    flag: ['--yes'],
    answer: 'y\n',
    named: '--yes',
    given: async () => upgraded,
  },
]

/** A database at b1, with models that have other columns; of `--from-history` without the file of b1. */
async function project({ given, argv }: Case) {
  const database = await createDatabase()
  const files = revisionFiles({ a1: {}, b1: { revises: 'a1' } })
  const folder = (names: readonly string[]) =>
    tempFolder({
      'limbeck.config.mjs': "export default { migrations: 'migrations', models: 'schema.mjs' }",
      'schema.mjs': `import * as pg from 'drizzle-orm/pg-core'
        export const a = pg.pgTable('t_a1', { m: pg.integer() })
        export const b = pg.pgTable('t_b1', {})`,
      'package.json': '{"type":"module"}',
      ...Object.fromEntries(names.map((name) => [name, files[name] ?? ''])),
    })
  const env = { DATABASE_URL: database.url }
  const all = Object.keys(files)
  await run(['upgrade'], { cwd: folder(all), env })
  await given?.(database)
  const cwd = folder(argv.includes('--from-history') ? all.filter((one) => !/b1/.test(one)) : all)
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  return (more: readonly string[], types?: string) =>
    run([...argv, ...more], { cwd, env, ...(types === undefined ? {} : { types }) })
}

test.each(cases)('$question: asked at a terminal, answered by $flag', async (entry) => {
  const asked = await (await project(entry))([], entry.answer)
  expect(asked.stderr).toContain(entry.question)
  expect(asked).toMatchObject({ code: 0 })
  const flagged = await (await project(entry))(entry.flag, '')
  expect(flagged.stderr).not.toContain(entry.question)
  expect(flagged).toMatchObject({ code: 0 })
  const script = await (await project(entry))([])
  if (entry.named === null) expect(script).toMatchObject({ code: 0 })
  else {
    expect(script).toMatchObject({ code: 1 })
    expect(script.stderr).toContain(entry.named)
  }
})

test('no question has no entry here', () => {
  const sources = readdirSync('src/cli', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'prompt.ts')
    .map((name) => readFileSync(join('src/cli', name), 'utf8'))
  const asked = sources.flatMap((text) =>
    [...text.matchAll(/\b(?:ask|askText|choose)\(\s*(['`])((?:.|\n)*?)\1\s*[,)]/g)].map(
      ([, , question = '']) => question.split('\\n').at(-1)?.split('$')[0],
    ),
  )
  expect(asked.sort()).toEqual(cases.map(({ question }) => question).sort())
})

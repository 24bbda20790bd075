import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { type BootOptions, initDb } from '../../src/index.ts'
import { type Links, revisionFiles, sqlRevision, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { run } from './run.ts'

const linear = { a1: {}, b1: { revises: 'a1' } }
const forked = { a1: {}, b1: { revises: 'a1' }, c1: { revises: 'a1' } }

async function project(graph: Readonly<Record<string, Links>> = linear) {
  const database = await createDatabase()
  const cwd = tempFolder({
    'package.json': '{ "type": "module" }',
    'limbeck.config.mjs': 'export default {}',
    'migrations/.gitkeep': '',
    ...revisionFiles(graph),
  })
  const env = { DATABASE_URL: database.url }
  return {
    database,
    limbeck: (...argv: readonly string[]) => run(argv, { cwd, env }),
    agreeing: (...argv: readonly string[]) => run(argv, { cwd, env, types: 'y\n' }),
    remove: (id: string) => rmSync(join(cwd, `migrations/${id}_message.sql`)),
    write: (id: string, links: Links) =>
      writeFileSync(join(cwd, `migrations/${id}_message.sql`), sqlRevision(id, links)),
    boot: (options: Partial<BootOptions>) =>
      initDb({ url: database.url, migrations: join(cwd, 'migrations'), ...options }),
    drop: (name: string) => rmSync(join(cwd, name)),
    file: (name: string, text: string) => writeFileSync(join(cwd, name), text),
  }
}
type Project = Awaited<ReturnType<typeof project>>

interface Scenario {
  readonly graph?: Readonly<Record<string, Links>>
  readonly before?: (project: Project) => Promise<unknown>
  readonly typed?: readonly string[]
  /** Instead: the options of a boot. */
  readonly boots?: Partial<BootOptions>
  /** What a person puts for `<revision>` and the like. */
  readonly means?: Readonly<Record<string, string>>
  /** Exit codes of the commands in the hint, in their order. Default: all 0. */
  readonly codes?: readonly number[]
  /** On a terminal a command asks before it does what cannot be taken back: yes. */
  readonly asks?: boolean
  /** The hint gives the choice of one: each is typed in a state of its own. */
  readonly apart?: boolean
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'a walk beyond the head': { typed: ['upgrade', '+9'] },
  'a target that is not applied': { typed: ['downgrade', 'b1'] },
  'an id that is none': { typed: ['show', 'zzz'] },
  'an id that is none, to upgrade to': { typed: ['upgrade', 'zzz'] },
  'several heads to upgrade': { graph: forked, typed: ['upgrade', 'head'] },
  'rows of which one includes the other': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`INSERT INTO limbeck_version VALUES ('a1')`)
    },
    typed: ['upgrade'],
    means: { '<revision> …': 'b1' },
  },
  'a row that nothing knows': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`UPDATE limbeck_version SET version_num = 'zzz'`)
    },
    typed: ['upgrade'],
    means: { '<revision>': 'b1' },
  },
  'a row that is the beginning of an id': {
    graph: { abcdef1: {} },
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`UPDATE limbeck_version SET version_num = 'abc'`)
    },
    typed: ['upgrade'],
  },
  'a row that nothing knows, checked': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`UPDATE limbeck_version SET version_num = 'zzz'`)
    },
    typed: ['check'],
    means: { '<revision>': 'b1' },
  },
  'a newer build has migrated': {
    before: async ({ limbeck, remove }) => {
      await limbeck('upgrade')
      remove('b1')
    },
    typed: ['upgrade'],
    asks: true,
  },
  'a newer build has migrated, and this one has several heads': {
    graph: { ...forked, d1: { revises: 'b1' } },
    before: async ({ limbeck, remove }) => {
      await limbeck('upgrade', 'heads')
      remove('d1')
    },
    typed: ['upgrade', 'heads'],
    asks: true,
  },
  'tables without a version row': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['upgrade'],
    apart: true,
    asks: true,
  },
  'a database that is behind, checked': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['check'],
  },
  'an empty database, checked': { typed: ['check'] },
  'several heads, checked': {
    graph: forked,
    before: ({ limbeck }) => limbeck('upgrade', 'heads'),
    typed: ['check'],
  },
  'tables without a version row, checked': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['check'],
    apart: true,
    asks: true,
  },
  'an edited file of what is applied': {
    before: async ({ limbeck, file }) => {
      await limbeck('upgrade', 'a1')
      file('migrations/a1_message.sql', sqlRevision('a1').replace(' ();', ' (x int);'))
    },
    typed: ['upgrade'],
  },
  'a plan that has changed since it was approved': {
    before: async ({ limbeck, write }) => {
      await limbeck('upgrade', '--plan', '--plan-file', 'plan.json')
      write('c1', { revises: 'b1' })
    },
    typed: ['upgrade', '--plan-file', 'plan.json'],
    means: { '<file>': 'again.json' },
  },
  'a plan that is none': {
    before: async ({ file }) => file('none.json', '{}'),
    typed: ['upgrade', '--plan-file', 'none.json'],
  },
  'a branch that is none': { typed: ['upgrade', 'none@head'] },
  'a legacy database that no revision equals': {
    before: ({ database }) => database.query('CREATE TABLE other ()'),
    typed: ['stamp', '--detect'],
    asks: true,
  },
  'a boot that only verifies': { boots: { mode: 'verify' } },
  'a boot that waits in vain': { boots: { mode: 'wait', waitTimeout: 0 } },
  'a downgrade from the history that nobody agreed to': {
    before: async ({ limbeck, remove }) => {
      await limbeck('upgrade')
      remove('b1')
    },
    typed: ['downgrade', '--from-history', 'a1'],
  },
  'a stamp that nobody agreed to': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['stamp', 'a1'],
  },
  'one head to merge': { typed: ['merge', 'heads', '-m', 'x'] },
  'a schema of a fleet that is empty': {
    graph: { a1: {} },
    before: async ({ database, file }) => {
      await database.query('CREATE SCHEMA one')
      file('limbeck.config.mjs', "export default { fleet: { schemas: ['one'] } }")
    },
    typed: ['fleet', '--json'],
  },
  'a schema that drifted': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await limbeck('check', '--database', '--write')
      await database.query('ALTER TABLE t_a1 ADD x int')
    },
    typed: ['check', '--database'],
  },
  'a configuration that is not there': {
    before: async ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['current'],
    codes: [],
  },
  'a revision that is not there, stamped': { typed: ['stamp', 'zzz'] },
  'a revision that is not there, undone to': {
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['downgrade', 'zzz'],
  },
  'no revision at all': { graph: {}, typed: ['create-all'], codes: [1] },
  'a stamp where there are rows already, detected': {
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['stamp', '--detect'],
  },
}

/** Every `npx limbeck …` in backticks or at the end of a line of what was printed. */
const commandsIn = (text: string) =>
  [...text.matchAll(/`npx limbeck ([^`]+)`/g)].map(([, it = '']) => it)

/** As a shell takes them apart. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')

const executed = new Set<string>()

async function inState({ graph, before, typed = [], boots }: Scenario): Promise<[Project, string]> {
  const made = await project(graph)
  await before?.(made)
  if (boots) return [made, `${(await failure(made.boot(boots))).details.hint}`]
  const { stdout, stderr } = await made.limbeck(...typed)
  return [made, `${stdout}\n${stderr}`]
}

test.each(Object.entries(scenarios))(
  'the commands that are hinted at after %s do what they say',
  async (_, scenario) => {
    const { means = {}, codes, apart = false, asks = false } = scenario
    let [made, told] = await inState(scenario)
    const hinted = commandsIn(told)
    if (codes?.length !== 0) expect(hinted, told).not.toEqual([])
    for (const [index, line] of hinted.entries()) {
      if (apart && index > 0) [made] = await inState(scenario)
      const meant = Object.entries(means).reduce(
        (text, [hole, value]) => text.replace(hole, value),
        line,
      )
      expect(meant).not.toMatch(/[<…>]/)
      executed.add(line)
      const ran = await (asks ? made.agreeing : made.limbeck)(...wordsOf(meant))
      expect(ran.code, `npx limbeck ${meant}\n${ran.stdout}${ran.stderr}`).toBe(codes?.[index] ?? 0)
    }
  },
)

const hole = /\$\{[^}]*\}/g

/** Where hints stand, and the command as a pattern: what is filled in matches anything. */
const written = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^cli\/(alembic|familiar)-commands/.test(file))
  .flatMap((file) =>
    [
      ...readFileSync(`src/${file}`, 'utf8').matchAll(
        /\\?`npx limbeck ((?:[^`\\$]|\$\{[^}]*\})+)\\?`/g,
      ),
    ].map(([, command = '']) => ({ file, command })),
  )

test('every command of a hint is one that the command line has, with these options', () => {
  expect(written.length).toBeGreaterThan(50)
  for (const { file, command } of written) {
    const [name = '', ...rest] = wordsOf(command.replaceAll(hole, 'x'))
    if (name === 'x' || name.startsWith('-')) continue
    const found = commands.find((each) => each.name === name || each.aliases?.includes(name))
    expect(found, `${file}: ${command}`).toBeDefined()
    const known = [
      ...(found?.options ?? []).map(([flags]) => flags),
      '--help',
      '--yes',
      '--json',
    ].join(' ')
    for (const flag of rest.filter((word) => /^--?[a-z]/.test(word)))
      expect(`${known} `, `${file}: ${command}`).toMatch(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`))
  }
})

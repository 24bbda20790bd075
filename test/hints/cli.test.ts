import { expect } from 'vitest'
import { drizzleKit, ledgerTable, readsDrizzle } from '../support/drizzle-kit.ts'
import { type Scenario, tryHints } from '../support/hints.ts'

const models = "export const a = pg.pgTable('t_a1', {})"
const unproven = drizzleKit('drizzle', { 1700000000000: 'CREATE TABLE one ()' })
const both = `${models}\nexport const b = pg.pgTable('t_b1', {})`
const more = "export const c = pg.pgTable('more', { n: pg.integer() })"
const usage = /^Usage: limbeck/

const inSchema = (url: string) => `${url}?schema=a%20b`

/** A word of another tool, where all has run that there is. */
const word = (typed: string, scenario: Scenario): Scenario => ({
  models: both,
  before: ({ limbeck }) => limbeck('upgrade'),
  typed: typed.split(' '),
  means: { '<text>': 'x', '<revision>': 'a1', '<head>': 'b1' },
  asks: true,
  ...scenario,
})

const elsewhere: Readonly<Record<string, Scenario>> = {
  generate: word('generate', { models: `${both}\n${more}`, shows: /Wrote/ }),
  push: word('push', {
    models: `${both}\n${more}`,
    after: ({ database }) => database.query('SELECT FROM more'),
  }),
  dev: word('dev', {
    models: `${both}\n${more}`,
    after: ({ database }) => database.query('SELECT FROM more'),
  }),
  create: word('create', { before: () => {}, shows: /Wrote/ }),
  make: word('make', { shows: /Wrote/ }),
  pull: word('pull', { models: `${both}\n${more}`, shows: /CREATE TABLE "more"/ }),
  introspect: word('introspect', { models: `${both}\n${more}`, shows: /CREATE TABLE "more"/ }),
  migrate: word('migrate', {
    before: () => {},
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  }),
  down: word('down', { shows: /downgrade b1/ }),
  goto: word('goto b1', {
    before: () => {},
    means: { 'upgrade <revision>': 'upgrade b1', 'downgrade <revision>': 'downgrade a1' },
    shows: /upgrade b1[\s\S]*downgrade b1/,
  }),
  'up-by-one': word('up-by-one', { before: () => {}, shows: /upgrade a1/ }),
  next: word('next', { before: () => {}, shows: /upgrade a1/ }),
  'down-to': word('down-to a1', { shows: /downgrade b1/ }),
  wipe: word('wipe', { shows: /downgrade a1/ }),
  dump: word('dump', { before: () => {}, shows: /CREATE TABLE "t_b1"/ }),
  'migrate status': word('migrate status', { shows: /at head/ }),
  redo: word('redo', { shows: /downgrade b1[\s\S]*upgrade b1/ }),
  reset: word('reset', { shows: /downgrade a1[\s\S]*upgrade a1/ }),
  refresh: word('refresh', { shows: /downgrade a1[\s\S]*upgrade a1/ }),
  force: word('force', { shows: /a1/ }),
  fresh: word('fresh', { shows: /downgrade a1[\s\S]*upgrade a1/ }),
  drop: word('drop', { shows: /downgrade b1/ }),
  info: word('info', { shows: /b1 \(head/ }),
  version: word('version', { shows: /^\d+\.\d+\.\d+$/m }),
  list: word('list', { shows: /a1 -> b1/ }),
  ls: word('ls', { shows: /a1 -> b1/ }),
  log: word('log', { shows: /a1 -> b1/ }),
  pending: word('pending', { before: () => {}, shows: /b1/ }),
  plan: word('plan', { before: () => {}, shows: /b1/ }),
  validate: word('validate', { shows: /Checked/ }),
  verify: word('verify', { shows: /Checked/ }),
  repair: word('repair', { shows: /no ledger/ }),
  baseline: word('baseline', {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    shows: /a1/,
  }),
  resolve: word('resolve', { shows: /no ledger/ }),
  squash: word('squash', {
    between: ({ remove }, index) => {
      if (index === 0) for (const id of ['a1', 'b1']) remove(id)
    },
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  }),
  seed: word('seed', { shows: /Wrote/ }),
  unlock: word('unlock', { after: ({ limbeck }) => limbeck('current', '--check-heads') }),
  erd: word('erd', { shows: /t_b1/ }),
  fake: word('upgrade --fake', { shows: /b1 -> a1|a1/ }),
}

tryHints('cli/', {
  ...elsewhere,
  'the help': { typed: ['--help'], shows: /skipped/ },
  'a word that is no command': { typed: ['upgrad'], shows: usage },
  'an option that is none': { typed: ['upgrade', '--plann'], shows: usage },
  'a configuration that is not there': {
    before: ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['upgrade'],
  },
  'a plan that is none': {
    before: ({ file }) => file('plan.json', '{}'),
    typed: ['upgrade', '--plan-file', 'plan.json'],
  },
  'a plan that was written to a file with an odd name': {
    typed: ['upgrade', '--plan-file', 'our plan #1.json'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a plan that was written': {
    typed: ['upgrade', '--plan-file', 'plan.json'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a revision that was written from the models': {
    graph: {},
    models,
    typed: ['revision', '--autogenerate', '-m', 'x'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a revision that was written from the database': {
    graph: {},
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['revision', '--from-database', '-m', 'x'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a history of nothing': { graph: {}, models, typed: ['history'], means: {} },
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
  'a stamp of another database that nobody agreed to': {
    before: ({ database }) => database.query('CREATE SCHEMA "a b"; CREATE TABLE "a b".t_a1 ()'),
    tells: async ({ limbeck, database }) =>
      (await limbeck('stamp', 'a1', '--url', inSchema(database.url))).stderr,
    means: ({ database }) => ({ '<url>': inSchema(database.url) }),
    after: async ({ database }) =>
      expect(await database.query('SELECT FROM "a b".limbeck_version')).toHaveLength(1),
  },
  'an edit without an editor': {
    typed: ['edit', 'b1'],
    env: () => ({ EDITOR: 'true' }),
    after: () => {},
  },
  'an edit of nothing': { typed: ['edit', 'base'], shows: /b1/ },
  'an import of migrations that are code': {
    graph: {},
    before: ({ database }) => database.query('CREATE TABLE one ()'),
    typed: ['import', 'knex'],
    after: ({ limbeck }) => limbeck('stamp', '--yes', 'head'),
  },
  'an import before there is a configuration': {
    graph: {},
    files: unproven.files,
    before: ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['import', 'drizzle', '--into', 'own'],
    shows: /created .*limbeck.config.ts/,
  },
  'a ledger that proves nothing': {
    graph: {},
    files: unproven.files,
    config: readsDrizzle,
    before: ({ database }) =>
      database.query(
        `CREATE TABLE one (); ${ledgerTable} INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${'f'.repeat(64)}', 1700000000000)`,
      ),
    typed: ['doctor'],
    asks: true,
    shows: /[Nn]othing|0 steps|at head/,
  },
  'the status of an empty folder': { graph: {}, models, typed: ['status'] },
  'the status of several heads': {
    graph: { a1: {}, b1: { revises: 'a1' }, c1: { revises: 'a1' } },
    typed: ['status'],
  },
  'the status of an empty database': { typed: ['status'] },
  'the status of a database that is behind': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['status'],
  },
  'the status of a database at head': {
    graph: { a1: {} },
    models,
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['status'],
    between: ({ models: change }) =>
      change("export const a = pg.pgTable('t_a1', { n: pg.integer() })"),
    after: async ({ limbeck }) => {
      expect((await limbeck('status')).stdout).toContain('behind')
    },
  },
  'a name of a template': {
    typed: ['list_templates'],
    before: ({ drop }) => drop('limbeck.config.mjs'),
    shows: /Wrote .*\.ts/,
  },
  'a template': { typed: ['list-templates'], shows: /Wrote .*\.ts/ },
  'a section of a configuration': {
    files: { 'second.config.mjs': 'export default {}' },
    typed: ['-n', 'second', 'upgrade'],
    means: { '<file>': 'second.config.mjs' },
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a revision as SQL': {
    models,
    graph: { a1: {} },
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['revision', '--sql'],
    after: () => {},
  },
})

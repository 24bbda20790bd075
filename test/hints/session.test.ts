import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { forked, linear } from '../support/cli-project.ts'
import { type Scenario, tryHints } from '../support/hints.ts'

const drizzleFolder = {
  'drizzle/meta/_journal.json': JSON.stringify({
    version: '7',
    dialect: 'postgresql',
    entries: [{ idx: 0, version: '7', when: 1700000000000, tag: '0000_one', breakpoints: true }],
  }),
  'drizzle/0000_one.sql': 'CREATE TABLE "one" ("id" integer);\n',
}
const usesDrizzle: Pick<Scenario, 'config' | 'files' | 'graph'> = {
  graph: {},
  files: drizzleFolder,
  config: "{ migrations: ['drizzle', 'migrations'], ledger: 'drizzle' }",
}
const ledger = `CREATE SCHEMA drizzle;
  CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);`

const onlyHistory = async ({ limbeck, remove }: Parameters<NonNullable<Scenario['before']>>[0]) => {
  await limbeck('upgrade')
  remove('b1')
}

const ahead = (...typed: string[]): Scenario => ({ before: onlyHistory, typed, asks: true })
const schema = {
  'schema.ts':
    "import { pgTable } from 'drizzle-orm/pg-core'\nexport const a = pgTable('t_a1', {})\n",
}

/** A project before `init`, whose models are where they usually are. */
const init = ({ before, ...more }: Scenario): Scenario => ({
  graph: {},
  files: schema,
  before: async (project) => {
    await before?.(project)
    project.drop('limbeck.config.mjs')
  },
  typed: ['init'],
  asks: true,
  after: async ({ limbeck }) => {
    const { code, stderr } = await limbeck('current', '--check-heads')
    if (code !== 0) throw new Error(stderr)
  },
  ...more,
})

/** The same after drizzle-kit. */
const initBesideDrizzle = (more: Scenario): Scenario =>
  init({ files: { ...schema, ...drizzleFolder }, after: () => {}, ...more })

const offline: Pick<Scenario, 'tells'> = {
  tells: async ({ runWith }) => (await runWith(['init'], { env: { DATABASE_URL: '' } })).stdout,
}

tryHints('session', {
  'an init beside migrations that are code': init({
    files: { ...schema, 'src/migrations/1_a.js': 'exports.up = (knex) => knex.raw("…")' },
    before: ({ database }) =>
      database.query(`CREATE TABLE t_a1 (); CREATE TABLE knex_migrations (id serial, name text, batch integer, migration_time timestamptz);
        INSERT INTO knex_migrations (name, batch) VALUES ('1_a.js', 1)`),
    after: async ({ boot }) => expect((await boot({})).outcome).toBe('adopted'),
  }),
  'an init beside migrations of a tool whose record is not read': init({
    files: {
      ...schema,
      'migrations/Migration1.ts': "import { Migration } from '@mikro-orm/migrations'",
    },
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
  }),
  'a newer build has migrated': ahead('upgrade'),
  'a newer build has migrated, as current sees it': ahead('current'),
  'a newer build has migrated, as lint sees it': { ...ahead('lint'), after: () => {} },
  'a newer build has migrated, planned': ahead('upgrade', '--plan'),
  'a newer build has migrated, rehearsed': ahead('upgrade', '--rehearse'),
  'a newer build has migrated, undone': {
    ...ahead('downgrade', 'a1'),
  },
  'a newer build has migrated, checked': ahead('check'),
  'a newer build has migrated, built again': {
    ...ahead('create-all'),
    models: 'export const t = pg.pgTable("t_a1", {})',
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a newer build has migrated, for a service that is not to serve then': {
    before: onlyHistory,
    boots: { ahead: 'refuse' },
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
  'another branch has migrated': {
    graph: { a1: {}, c1: { revises: 'a1' } },
    before: async ({ limbeck, remove, write }) => {
      await limbeck('upgrade')
      remove('c1')
      write('b1', { revises: 'a1' })
    },
    typed: ['upgrade'],
    between: ({ write }) => write('c1', { revises: 'a1' }),
  },
  'several heads at a boot': { graph: forked, boots: {} },
  'a row that nothing knows': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`UPDATE limbeck_version SET version_num = 'zzz'`)
    },
    typed: ['current'],
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
  'tables without a version row': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['upgrade'],
    apart: true,
    asks: true,
  },
  'a home-made ledger that says what is not mapped': {
    config: "{ adopt: { query: 'SELECT max(n) FROM schema_info', revisions: { 1: 'a1' } } }",
    before: ({ database }) =>
      database.query('CREATE TABLE t_a1 (); CREATE TABLE schema_info AS SELECT 2 AS n'),
    typed: ['upgrade'],
    means: { '<revision>': 'a1' },
    asks: true,
  },
  'a ledger whose rows fit no file': {
    ...usesDrizzle,
    before: ({ database }) =>
      database.query(`CREATE TABLE "one" ("id" integer); ${ledger}
        INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('cafe', 5)`),
    typed: ['upgrade'],
    codes: [1],
    shows: /fits no file/,
  },
  'a migration before one that has run': {
    ...usesDrizzle,
    before: async ({ limbeck, file }) => {
      await limbeck('upgrade')
      file(
        'drizzle/meta/_journal.json',
        JSON.stringify({
          version: '7',
          dialect: 'postgresql',
          entries: [
            { idx: 0, version: '7', when: 1600000000000, tag: '0000_zero', breakpoints: true },
            { idx: 1, version: '7', when: 1700000000000, tag: '0000_one', breakpoints: true },
          ],
        }),
      )
      file('drizzle/0000_zero.sql', 'CREATE TABLE "zero" ("id" integer);\n')
    },
    typed: ['upgrade'],
    asks: true,
  },
  'init where no database is named': init({ ...offline }),
  'init with an empty database': init({}),
  'init with tables': init({ before: ({ database }) => database.query('CREATE TABLE t_a1 ()') }),
  'init with revisions that have run': init({
    graph: { a1: {} },
    before: ({ limbeck }) => limbeck('upgrade'),
  }),
  'init with revisions of which some have run': init({
    graph: linear,
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    after: () => {},
    shows: /b1/,
  }),
  'init beside drizzle-kit where no database is named': initBesideDrizzle(offline),
  'init beside drizzle-kit with an empty database': initBesideDrizzle({ shows: /0000_one/ }),
  'init beside drizzle-kit with what it has recorded': initBesideDrizzle({
    before: async ({ database, read }) => {
      const hash = createHash('sha256').update(read('drizzle/0000_one.sql')).digest('hex')
      await database.query(`CREATE TABLE "one" ("id" integer); ${ledger}
        INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${hash}', 1700000000000)`)
    },
  }),
  'init beside drizzle-kit with tables and no record': initBesideDrizzle({
    before: ({ database }) => database.query('CREATE TABLE "one" ("id" integer)'),
    after: async ({ limbeck }) => {
      const { code, stderr } = await limbeck('current', '--check-heads')
      if (code !== 0) throw new Error(stderr)
    },
  }),
})

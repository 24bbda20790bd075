import { sqlRevision } from '../commands/temp-folder.ts'
import { forked } from '../support/cli-project.ts'
import { drizzleKit, readsDrizzle } from '../support/drizzle-kit.ts'
import { tryHints } from '../support/hints.ts'
import { revisionText } from '../support/revision-text.ts'

const old = drizzleKit('drizzle', { 1700000000000: 'CREATE TABLE "one" ("id" integer)' })

tryHints('check', {
  'a database that is behind': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['check'],
  },
  'an empty database': { typed: ['check'] },
  'several heads': {
    graph: forked,
    before: ({ limbeck }) => limbeck('upgrade', 'heads'),
    typed: ['check'],
    after: ({ limbeck }) => limbeck('upgrade'),
  },
  'tables without a version row': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['check'],
    apart: true,
    asks: true,
    after: ({ limbeck }) => limbeck('upgrade'),
  },
  'tables and no revision': {
    graph: {},
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['check'],
    asks: true,
  },
  'a row that nothing knows': {
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
    typed: ['check'],
    asks: true,
  },
  'another branch has migrated': {
    graph: { a1: {}, c1: { revises: 'a1' } },
    before: async ({ limbeck, remove, write }) => {
      await limbeck('upgrade')
      remove('c1')
      write('b1', { revises: 'a1' })
    },
    typed: ['check'],
    between: ({ write }) => write('c1', { revises: 'a1' }),
    after: ({ limbeck }) => limbeck('upgrade'),
  },
  'an edited file': {
    before: async ({ limbeck, file }) => {
      await limbeck('upgrade')
      file('migrations/a1_message.sql', sqlRevision('a1').replace(' ();', ' (x int);'))
    },
    typed: ['check'],
  },
  'a revision that was cut off': {
    files: {
      'migrations/c1_message.sql': revisionText('c1', {
        revises: 'b1',
        head: ['transaction: none'],
        up: 'CREATE TABLE c (); SELECT 1 / (SELECT count(*) FROM gate);',
      }),
    },
    before: async ({ limbeck, database }) => {
      await database.query('CREATE SCHEMA other; CREATE TABLE other.gate ()')
      await limbeck('upgrade', 'b1')
      await database.query('CREATE VIEW gate AS SELECT * FROM other.gate')
      await limbeck('upgrade')
      await database.query('INSERT INTO other.gate DEFAULT VALUES')
    },
    typed: ['check'],
  },
  'a ledger that was not taken over yet': {
    graph: {},
    files: old.files,
    config: readsDrizzle,
    before: ({ database }) => database.query(`CREATE TABLE "one" ("id" integer); ${old.recorded}`),
    typed: ['check'],
  },
  'models that differ': {
    graph: { a1: {} },
    models: "export const a = pg.pgTable('t_a1', { n: pg.integer() })",
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['check'],
    means: { '…': 'x' },
    after: async ({ limbeck }) => {
      await limbeck('upgrade')
      const { code, stdout } = await limbeck('check')
      if (code !== 0) throw new Error(stdout)
    },
  },
  'a table that was changed by hand': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await limbeck('check', '--database', '--write')
      await database.query('ALTER TABLE t_a1 ADD x int')
    },
    typed: ['check', '--database'],
  },
  'a catalog of which nothing is kept': {
    graph: {},
    files: { 'migrations/a1_message.sql': revisionText('a1', {}) },
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['check', '--database'],
    after: async ({ limbeck }) => {
      const { stdout } = await limbeck('check', '--database')
      if (/hint/.test(stdout)) throw new Error(stdout)
    },
  },
})

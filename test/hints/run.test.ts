import { sqlRevision } from '../commands/temp-folder.ts'
import type { CliProject } from '../support/cli-project.ts'
import { drizzleKit, readsDrizzle } from '../support/drizzle-kit.ts'
import { type Scenario, tryHints } from '../support/hints.ts'
import { psql } from '../support/psql.ts'
import { revisionText } from '../support/revision-text.ts'

const fill = `CREATE TABLE done (n int);
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO done VALUES (1); COMMIT; END $$;`
const outside = ['transaction: none']

/** A revision that calls what commits by itself, up and down; the process was killed while it waited for the answer. */
const cutOff = (direction: 'upgrade' | 'downgrade'): Scenario => ({
  graph: {},
  files: {
    'migrations/a1_message.sql': revisionText('a1', { up: fill, down: 'DROP TABLE done;' }),
    'migrations/b1_message.sql': revisionText('b1', {
      revises: 'a1',
      head: outside,
      up: 'CALL fill();',
      down: 'CALL fill();',
    }),
  },
  before: async ({ limbeck, database }) => {
    await limbeck('upgrade', direction === 'upgrade' ? 'a1' : 'b1')
    await database.query(`INSERT INTO limbeck_progress (version_table, revision, direction, statement_started)
      VALUES ('limbeck_version', 'b1', '${direction}', encode(sha256('CALL fill()'), 'hex'))`)
  },
  typed: direction === 'upgrade' ? ['upgrade'] : ['downgrade', 'a1'],
  means: { '<target>': 'a1' },
  apart: true,
  after: ({ limbeck }) => limbeck('current'),
})

const runScript = async ({ limbeck, database }: CliProject, ...argv: readonly string[]) => {
  const { stdout, stderr, code } = await limbeck(...argv)
  if (code !== 0) throw new Error(stderr)
  return await psql(database, stdout)
}

tryHints('run', {
  'a plan that has changed since it was approved': {
    before: async ({ limbeck, write }) => {
      await limbeck('upgrade', '--plan', '--plan-file', 'plan.json')
      write('c1', { revises: 'b1' })
    },
    typed: ['upgrade', '--plan-file', 'plan.json'],
    means: { '<file>': 'again.json' },
    after: async ({ limbeck }) => {
      const { code, stderr } = await limbeck('upgrade', '--plan-file', 'again.json')
      if (code !== 0) throw new Error(stderr)
    },
  },
  'an edited file of what is applied, and one that is pending': {
    before: async ({ limbeck, file }) => {
      await limbeck('upgrade', 'a1')
      file('migrations/a1_message.sql', sqlRevision('a1').replace(' ();', ' (x int);'))
    },
    typed: ['upgrade'],
    after: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query('SELECT FROM t_b1')
    },
  },
  "a migration of drizzle's that makes what is there": {
    graph: {},
    files: drizzleKit('drizzle', { 1700000000000: 'CREATE SCHEMA one' }).files,
    config: readsDrizzle,
    before: ({ database }) => database.query('CREATE SCHEMA one'),
    typed: ['upgrade'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a call that was cut off': cutOff('upgrade'),
  'a call of a downgrade that was cut off': cutOff('downgrade'),
  'another revision that was cut off': {
    graph: {},
    files: {
      'migrations/a1_message.sql': revisionText('a1', {
        up: "INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', 'b1', 'upgrade');",
      }),
      'migrations/b1_message.sql': revisionText('b1', {
        revises: 'a1',
        head: outside,
        up: 'SELECT 1;',
      }),
      'migrations/c1_message.sql': revisionText('c1', {
        revises: 'a1',
        head: outside,
        up: 'SELECT 1;',
      }),
    },
    typed: ['upgrade', 'heads'],
  },
  'a revision that was cut off and whose row is there': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(
        `INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', 'b1', 'upgrade')`,
      )
    },
    typed: ['upgrade'],
  },
  'a script for a database with tables': {
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    tells: async (project) => (await runScript(project, 'upgrade', '--sql')).stderr,
    means: { '<revision>': 'a1' },
    asks: true,
    after: async (project) => {
      const { code, stderr } = await runScript(project, 'upgrade', '--sql', 'a1:heads')
      if (code !== 0) throw new Error(stderr)
    },
  },
  'a script for a database with an index that could not be built': {
    graph: { a1: {} },
    files: {
      'migrations/b1_message.sql': revisionText('b1', {
        revises: 'a1',
        head: outside,
        up: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t_a1 ((1));',
        down: 'DROP INDEX i;',
      }),
    },
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade', 'a1')
      await database.query(
        "CREATE INDEX i ON t_a1 ((1)); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
      )
    },
    tells: async (project) => (await runScript(project, 'upgrade', '--sql', 'a1:heads')).stderr,
    after: async ({ database }) => {
      const [row] = await database.query<{ indisvalid: boolean }>(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass",
      )
      if (row?.indisvalid !== true) throw new Error('still invalid')
    },
  },
})

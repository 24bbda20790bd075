import { drizzleKit } from '../support/drizzle-kit.ts'
import { tryHints } from '../support/hints.ts'

tryHints('authoring', {
  'an init beside another tool': {
    graph: {},
    files: {
      'db/migrations/20260101000000_a.sql':
        '-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n',
    },
    before: ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['init'],
    shows: /Wrote 1 revision/,
  },
  'an import from a folder that has nothing': {
    graph: {},
    files: drizzleKit('old', { 1700000000000: 'CREATE TABLE one ()' }).files,
    typed: ['import', 'drizzle'],
    means: { '<folder>': 'old' },
    after: ({ limbeck }) => limbeck('upgrade'),
    shows: /Wrote 1 revision/,
  },
  "an import of Alembic's script that is not there": {
    graph: {},
    files: {
      'alembic.sql': `-- Running upgrade  -> 1a2b3c4d5e6f

CREATE TABLE a ();

INSERT INTO alembic_version (version_num) VALUES ('1a2b3c4d5e6f') RETURNING alembic_version.version_num;
`,
    },
    typed: ['import', 'alembic', 'versions'],
    shows: /Wrote 1 revision/,
  },
  'an import of migrations that are code': {
    graph: {},
    files: { 'migrations/20260101000000_a.js': 'export const up = () => {}' },
    before: ({ database }) => database.query('CREATE TABLE one ()'),
    typed: ['import', 'node-pg-migrate', 'migrations', '--into', 'own'],
    after: ({ limbeck }) => limbeck('stamp', '--yes', 'head'),
    shows: /CREATE TABLE|Wrote/,
  },
})

import { tryHints } from '../support/hints.ts'
import { revisionText } from '../support/revision-text.ts'

const rows = revisionText('b1', {
  revises: 'a1',
  up: 'INSERT INTO t_a1 DEFAULT VALUES;',
  down: 'DELETE FROM t_a1;',
})

tryHints('scratch', {
  'a legacy database that no revision equals': {
    before: ({ database }) => database.query('CREATE TABLE other ()'),
    typed: ['stamp', '--detect'],
    asks: true,
    after: ({ limbeck }) => limbeck('current'),
  },
  'a legacy database that differs in much': {
    before: ({ database }) =>
      database.query(
        Array.from(
          { length: 150 },
          (_, n) => `CREATE TABLE "${`${n} ${'x'.repeat(63)}`.slice(0, 63)}" ();`,
        ).join(''),
      ),
    boots: { legacy: 'detect' },
    codes: [1, 0],
    asks: true,
    after: ({ limbeck }) => limbeck('current'),
  },
  'a legacy database that several revisions equal': {
    graph: { a1: {} },
    files: { 'migrations/b1_message.sql': rows },
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['stamp', '--detect'],
    apart: true,
    asks: true,
    after: ({ limbeck }) => limbeck('upgrade'),
  },
  'a legacy database and no revision': {
    graph: {},
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['stamp', '--detect'],
    after: ({ newest }) => newest(),
  },
})

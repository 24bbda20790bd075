import { tryHints } from '../support/hints.ts'

const models = "export const a = pg.pgTable('t_a1', {})\nexport const b = pg.pgTable('t_b1', {})"

tryHints('changes', {
  'models compared with a database that is behind': {
    models,
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['revision', '--autogenerate', '-m', 'x'],
  },
  'models compared with tables of which no revision tells': {
    graph: {},
    models: "export const a = pg.pgTable('t_a1', {})",
    before: ({ database }) => database.query('CREATE TABLE t_a1 ()'),
    typed: ['revision', '--autogenerate', '-m', 'x'],
    asks: true,
  },
})

import { tryHints } from '../support/hints.ts'

tryHints('fleet', {
  'a schema of a fleet that is empty': {
    graph: { a1: {} },
    config: "{ fleet: { schemas: ['one'] } }",
    before: ({ database }) => database.query('CREATE SCHEMA one'),
    typed: ['fleet'],
  },
})

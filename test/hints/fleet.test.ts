import { type Scenario, tryHints } from '../support/hints.ts'

/** Made by another tool: its commands have to be typed for this member alone. */
const legacyMember = (fleet: string, schema: string): Scenario => ({
  graph: { a1: {} },
  config: `{ fleet: ${fleet} }`,
  before: ({ database }) =>
    database.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"; CREATE TABLE "${schema}".t_a1 ()`),
  typed: ['fleet'],
  apart: true,
  asks: true,
  means: ({ database }) => ({ '<url>': database.url }),
})

tryHints('fleet', {
  'a schema of a fleet that is empty': {
    graph: { a1: {} },
    config: "{ fleet: { schemas: ['one'] } }",
    before: ({ database }) => database.query('CREATE SCHEMA one'),
    typed: ['fleet'],
  },
  'a schema of a fleet without a row': legacyMember('{ schemas: ["it\'s one"] }', "it's one"),
  'a database of a fleet without a row': legacyMember(
    "{ databases: 'SELECT current_database()' }",
    'public',
  ),
})

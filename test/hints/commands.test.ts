import { drizzleKit } from '../support/drizzle-kit.ts'
import { tryHints } from '../support/hints.ts'

const models = "export const a = pg.pgTable('t_a1', {})\nexport const b = pg.pgTable('t_b1', {})"
const { files } = drizzleKit('old', { 1700000000000: 'CREATE TABLE one ()' })

tryHints('commands', {
  'a check that writes where the models differ': {
    models: "export const a = pg.pgTable('t_a1', {})",
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['check', '--write'],
    means: { '…': 'x' },
    between: ({ limbeck, models: change }, index) => {
      change(models)
      return index > 0 && limbeck('upgrade')
    },
  },
  'a create-all where all of it is': {
    models,
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['create-all'],
    shows: /no change|agree|same/i,
  },
  'a create-all where some of it is': {
    models,
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['create-all'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a first revision where there are some': {
    models,
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['revision', '--from-database', '-m', 'x'],
    shows: /[Nn]o change|Nothing/,
  },
  'an init in the folder of drizzle-kit': {
    files,
    before: ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['init', 'old'],
    shows: /created .*revisions/,
  },
  'an init with another folder than is configured': {
    config: "{ migrations: 'migrations' }",
    typed: ['init', 'other'],
    shows: /skipped/,
  },
  'an init at the root of a monorepo': {
    graph: {},
    files: { 'packages/db/drizzle.config.ts': "export default { dialect: 'postgresql' }" },
    before: ({ drop }) => drop('limbeck.config.mjs'),
    typed: ['init'],
    shows: /created .*limbeck.config.ts/,
  },
  'an init where a file is': {
    before: ({ drop, file }) => {
      drop('limbeck.config.mjs')
      file('taken', '')
    },
    typed: ['init', 'taken'],
    shows: /created .*revisions/,
  },
  'a merge of one head': { typed: ['merge', 'heads', '-m', 'x'], shows: /b1/ },
  'a detection where nothing is': {
    typed: ['stamp', '--detect'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a detection where there are rows already': {
    before: ({ limbeck }) => limbeck('upgrade'),
    typed: ['stamp', '--detect'],
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
})

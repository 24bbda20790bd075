import { applyStep } from '../../src/revision/index.ts'
import { readProject } from '../commands/temp-folder.ts'
import { forked } from '../support/cli-project.ts'
import { type Scenario, tryHints } from '../support/hints.ts'
import { failure } from '../support/revisions.ts'

const onlyHistory: Scenario = {
  before: async ({ limbeck, remove }) => {
    await limbeck('upgrade')
    remove('b1')
  },
  asks: true,
}

tryHints('revision', {
  'a walk beyond the head': { typed: ['upgrade', '+9'], shows: /b1/ },
  'a target that is not applied': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['downgrade', 'b1'],
    shows: /^a1/,
  },
  'an id that is none': { typed: ['show', 'zzz'], shows: /a1/ },
  'an id that is none, to upgrade to': { typed: ['upgrade', 'zzz'], shows: /a1/ },
  'several heads to upgrade': {
    graph: forked,
    typed: ['upgrade', 'head'],
  },
  'a branch that is none': { typed: ['upgrade', 'none@head'], shows: /b1/ },
  'rows of which one includes the other': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await database.query(`INSERT INTO limbeck_version VALUES ('a1')`)
    },
    typed: ['upgrade'],
    means: { '<revision> …': 'b1' },
  },
  'a row that only the history knows, stamped': {
    ...onlyHistory,
    typed: ['stamp', 'a1'],
    means: { '<revision>': 'a1' },
  },
  'a database that is behind, checked for heads': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['current', '--check-heads'],
  },
  'stamps of which one includes the other': {
    before: ({ limbeck }) => limbeck('upgrade', 'a1'),
    typed: ['stamp', 'a1', 'b1'],
    after: async ({ limbeck }) => {
      if (!(await limbeck('current')).stdout.startsWith('b1')) throw new Error('not stamped')
    },
  },
  'offline stamps from several starts': {
    graph: { ...forked, d1: { revises: 'b1' }, e1: { revises: 'c1' } },
    typed: ['stamp', '--sql', 'b1:d1', 'c1:e1'],
    shows: /UPDATE|INSERT/,
  },
  'an undo of what the history does not tell the order of': {
    graph: forked,
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade', 'heads')
      await database.query('DELETE FROM limbeck_history')
    },
    typed: ['downgrade', '-1'],
    apart: true,
    after: async ({ limbeck }) => {
      const { stdout } = await limbeck('current')
      if (!/^[bc]1\b[^\n]*\n$/.test(stdout)) throw new Error(stdout)
    },
  },
  'a step that another process has made meanwhile': {
    before: ({ limbeck }) => limbeck('upgrade'),
    tells: async ({ cwd }) => {
      const [, { map }] = await readProject(cwd)
      const step = { direction: 'upgrade', revision: 'b1' } as const
      const { message, details } = await failure((async () => applyStep(map, ['b1'], step))())
      return `${message} ${details.hint}`
    },
    shows: /^b1/,
  },
})

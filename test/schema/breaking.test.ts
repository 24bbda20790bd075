import { describe, expect, test } from 'vitest'
import { breakingOperations, isBreaking } from '../../src/schema/breaking.ts'
import { dataLoss } from '../../src/schema/data-loss.ts'
import type { Operation } from '../../src/schema/operation.ts'
import type { ColumnSnapshot } from '../../src/schema/snapshot.ts'
import { column, table, view } from './snapshots.ts'

const on = { table: { name: 't' } }
const alter = (before: Partial<ColumnSnapshot>, after: Partial<ColumnSnapshot>): Operation => ({
  kind: 'alter column',
  ...on,
  before: column('c', before),
  after: column('c', after),
})
const dropGenerated: Operation = {
  kind: 'drop column',
  ...on,
  column: column('g', { generated: '1' }),
}

describe('isBreaking', () => {
  test.each<[string, Operation, boolean]>([
    ['drop table', { kind: 'drop table', table: table('t') }, true],
    ['a new column', { kind: 'add column', ...on, column: column('c') }, false],
    [
      'a new column that every INSERT must name',
      { kind: 'add column', ...on, column: column('c', { notNull: true }) },
      true,
    ],
    ['a wider type', alter({}, { type: 'bigint' }), false],
    ['a narrower type', alter({ type: 'bigint' }, {}), true],
    ['NOT NULL', alter({}, { notNull: true }), true],
    ['NULL', alter({ notNull: true }, {}), false],
    ['a default that goes', alter({ notNull: true, default: '1' }, { notNull: true }), true],
  ])('%s', (_, operation, expected) => {
    expect(isBreaking(operation)).toBe(expected)
  })

  test('a view or generated column that comes back breaks nobody', () => {
    const operations: readonly Operation[] = [
      { kind: 'drop view', view: view('v') },
      { kind: 'drop view', view: view('w') },
      dropGenerated,
      { kind: 'add column', ...on, column: column('g', { generated: '2' }) },
      { kind: 'create view', view: view('v') },
    ]
    expect(breakingOperations(operations)).toEqual([{ kind: 'drop view', view: view('w') }])
  })
})

describe('dataLoss', () => {
  test.each<[string, Operation, string | null]>([
    ['a table', { kind: 'drop table', table: table('t') }, 'all rows of "t"'],
    ['a column', { kind: 'drop column', ...on, column: column('c') }, 'all values of "t"."c"'],
    ['a generated column', dropGenerated, null],
    ['a view', { kind: 'drop view', view: view('v') }, null],
    [
      'a narrower type',
      alter({ type: 'text' }, { type: 'character varying(3)' }),
      'values of "t"."c" that do not fit varchar(3)',
    ],
    [
      'enum values',
      {
        kind: 'replace enum',
        before: { name: 'e', values: ['a', 'b'] },
        after: { name: 'e', values: ['b'] },
        columns: [],
      },
      `'a' of the enum "e"`,
    ],
  ])('%s', (_, operation, words) => {
    expect(dataLoss(operation)).toBe(words)
  })
})

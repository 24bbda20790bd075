import { describe, expect, test } from 'vitest'
import { breakingOperations, isBreaking } from '../../src/schema/breaking.ts'
import { dataLoss } from '../../src/schema/data-loss.ts'
import type { Operation } from '../../src/schema/operation.ts'
import type { Part } from '../../src/schema/parts.ts'
import type { ColumnSnapshot, PolicySnapshot } from '../../src/schema/snapshot.ts'
import { column, constraint, index, table, view } from './snapshots.ts'

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

const dropOf = (part: Part): Operation =>
  'kind' in part
    ? { kind: 'drop constraint', ...on, constraint: part }
    : { kind: 'drop index', ...on, index: part }
const addOf = (part: Part): Operation =>
  'kind' in part
    ? { kind: 'add constraint', ...on, constraint: part }
    : { kind: 'create index', ...on, index: part }

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
  ])(
    '%s is told apart: what an older build fails on, and what it does not',
    (_, operation, expected) => {
      expect(isBreaking(operation)).toBe(expected)
    },
  )

  test.each([
    ['USING btree (a)', 'USING btree (a) WITH (fillfactor=70)', false],
    ['USING btree (lower(a))', 'USING btree (lower(a))', false],
    ['USING btree (lower(a))', 'USING btree (upper(a))', true],
    ['USING btree (a) WHERE (b > 0)', 'USING btree (a) WHERE (b > 1)', true],
  ])('ON CONFLICT of an older build finds %s in %s: broken %s', (before, after, expected) => {
    const part = (definition: string) => ({ ...index('u', 'a', { unique: true }), definition })
    const swap = { kind: 'swap', ...on, before: part(before), after: part(after) } as const
    expect(isBreaking(swap)).toBe(expected)
  })

  describe('ON CONFLICT ON CONSTRAINT of an older build', () => {
    const unique = (name: string) => constraint(name, 'unique', 'a')
    const primary = (name: string) => constraint(name, 'primary key', 'a')
    const uniqueIndex = (name: string) => index(name, 'a', { unique: true })
    test.each<[string, Part, Part, boolean]>([
      ['a constraint made again', unique('u'), unique('u'), false],
      ['under another name', unique('u'), unique('v'), true],
      ['a primary key under another name', primary('p'), primary('q'), true],
      ['a primary key that becomes unique', primary('p'), unique('u'), true],
      ['a constraint that becomes an index', unique('u'), uniqueIndex('u'), true],
      ['an index that becomes a constraint', uniqueIndex('u'), unique('u'), false],
      ['an index under another name', uniqueIndex('u'), uniqueIndex('v'), false],
    ])('%s is judged by the name that the older build gives', (_, before, after, expected) => {
      const swap: Operation = { kind: 'swap', ...on, before, after }
      expect(isBreaking(swap)).toBe(expected)
      const [drop, add] = [dropOf(before), addOf(after)]
      expect(breakingOperations([drop, add])).toEqual(expected ? [drop] : [])
    })

    test('is told of a new name where it may ask for the old one', () => {
      const renamed = { kind: 'rename constraint', ...on, from: 'u', to: 'v' } as const
      expect(isBreaking({ ...renamed, isKey: true })).toBe(true)
      expect(isBreaking(renamed)).toBe(false)
      expect(isBreaking({ ...renamed, kind: 'rename index' })).toBe(false)
    })
  })

  test('a view or generated column that comes back breaks no older build', () => {
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
    [
      'a view',
      { kind: 'drop view', view: view('v') },
      'the view "v", which the models do not have',
    ],
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
  ])('%s is told with what it loses', (_, operation, words) => {
    expect(dataLoss(operation, [operation])).toBe(words)
  })

  test('a view that comes back is not lost', () => {
    const dropped: Operation = { kind: 'drop view', view: view('v') }
    const all: readonly Operation[] = [dropped, { kind: 'create view', view: view('v') }]
    expect(dataLoss(dropped, all)).toBeNull()
  })

  test('an expression that a person gave is not asked about again', () => {
    const operation = { ...alter({}, { type: 'boolean' }), using: 'c > 0' } as Operation
    expect(dataLoss(operation, [operation])).toBeNull()
  })
})

describe('row security', () => {
  const policy = (rest: Partial<PolicySnapshot> = {}): PolicySnapshot => ({
    name: 'p',
    permissive: true,
    command: 'all',
    roles: ['a', 'b'],
    using: 'x',
    reads: [],
    ...rest,
  })
  const drop = (rest: Partial<PolicySnapshot> = {}): Operation => ({
    kind: 'drop policy',
    ...on,
    policy: policy(rest),
  })
  const create = (rest: Partial<PolicySnapshot> = {}): Operation => ({
    kind: 'create policy',
    ...on,
    policy: policy(rest),
  })

  test('switching it off is a loss, and breaks who relies on it', () => {
    const off: Operation = { kind: 'disable row security', ...on }
    expect(dataLoss(off, [off])).toMatch(/the row security of "t"/)
    expect(breakingOperations([off])).toEqual([off])
  })

  test('a policy that goes is a loss, but not with its table', () => {
    expect(dataLoss(drop(), [drop()])).toBe('the policy "p" on "t"')
    expect(dataLoss(drop(), [drop(), { kind: 'drop table', table: table('t') }])).toBeNull()
  })

  test.each<[string, Operation, Operation, boolean]>([
    ['the same one again', drop(), create(), false],
    ['fewer roles', drop(), create({ roles: ['a'] }), false],
    ['more roles', drop(), create({ roles: ['a', 'b', 'c'] }), true],
    ['everybody', drop(), create({ roles: [] }), true],
    ['one command of all', drop(), create({ command: 'select' }), false],
    ['all commands', drop({ command: 'select' }), create(), true],
    ['another expression', drop(), create({ using: 'y' }), true],
    ['no check', drop({ withCheck: 'z' }), create(), true],
    ['from permissive to restrictive', drop(), create({ permissive: false, using: 'y' }), false],
    ['from restrictive to permissive', drop({ permissive: false }), create(), true],
    [
      'restrictive, fewer roles',
      drop({ permissive: false }),
      create({ permissive: false, roles: ['a'] }),
      true,
    ],
    [
      'restrictive, everybody',
      drop({ permissive: false }),
      create({ permissive: false, roles: [] }),
      false,
    ],
  ])('a policy that is made again: %s', (_, before, after, isLoss) => {
    const all = [before, after]
    expect(dataLoss(before, all) !== null).toBe(isLoss)
    expect(breakingOperations(all).length > 0).toBe(isLoss)
  })
})

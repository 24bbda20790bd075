import { expect, test } from 'vitest'
import { produceRevisions } from '../../src/autogenerate/produce.ts'
import type { Rename } from '../../src/schema/operation.ts'
import { column, index, snapshot, table } from '../schema/snapshots.ts'

const a = table('a')
const indexed = table('a', { indexes: [index('i', 'id')] })
const wider = table('a', { columns: [column('id'), column('b')], indexes: [index('i', 'id')] })
const rename: Rename = { of: 'table', from: { name: 'old' }, to: { name: 'a' } }

/** Stage and kinds of operations, up and down. */
const produced = (
  before: Parameters<typeof snapshot>[0],
  after: Parameters<typeof snapshot>[0],
  options: Partial<Parameters<typeof produceRevisions>[1]> = {},
) =>
  produceRevisions(
    { before: snapshot(before), after: snapshot(after) },
    { renames: [], ...options },
  ).map(({ stage, upgrade, downgrade }) => [
    stage,
    upgrade.map(({ kind }) => kind),
    downgrade.map(({ kind }) => kind),
  ])

test('without a difference no revision is produced', () => {
  expect(produced({ tables: [a] }, { tables: [a] })).toEqual([])
})

test('a revision for every part that ends a transaction, each both ways', () => {
  expect(produced({ tables: [a] }, { tables: [wider] })).toEqual([
    ['main', ['add column'], ['drop column']],
    ['online', ['create index'], ['drop index']],
  ])
})

test('one for all where all of them run in one transaction', () => {
  expect(produced({ tables: [a] }, { tables: [wider] }, { inOne: true })).toEqual([
    ['main', ['add column', 'create index'], ['drop index', 'drop column']],
  ])
  expect(produced({ tables: [a] }, { tables: [a] }, { inOne: true })).toEqual([])
})

test('renames come first on the way up and last on the way down, never outside a transaction', () => {
  const renames = [rename]
  expect(produced({ tables: [a] }, { tables: [a] }, { renames })).toEqual([
    ['main', ['rename'], ['rename']],
  ])
  expect(produced({ tables: [a] }, { tables: [wider] }, { renames })).toEqual([
    ['main', ['rename', 'add column'], ['drop column', 'rename']],
    ['online', ['create index'], ['drop index']],
  ])
  expect(produced({ tables: [a] }, { tables: [indexed] }, { renames })).toEqual([
    ['main', ['rename'], ['rename']],
    ['online', ['create index'], ['drop index']],
  ])
})

test('an editor may change each body; a revision that it empties is none', () => {
  const seen: string[] = []
  const edit: Parameters<typeof produceRevisions>[1]['edit'] = (
    operations,
    { direction, stage },
  ) => {
    seen.push(`${stage} ${direction}`)
    return stage === 'online' ? [] : operations
  }
  expect(produced({ tables: [a] }, { tables: [wider] }, { edit })).toEqual([
    ['main', ['add column'], ['drop column']],
  ])
  expect(seen).toEqual(['main upgrade', 'main downgrade', 'online upgrade', 'online downgrade'])
})

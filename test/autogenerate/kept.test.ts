import { expect, test } from 'vitest'
import { takeOver } from '../../src/autogenerate/shadow/keep-unbuildable.ts'
import { diff } from '../../src/schema/diff.ts'
import { column, constraint, foreignKey, snapshot, table } from '../schema/snapshots.ts'

const sequence = {
  name: 'numbers',
  type: 'bigint',
  owned: false,
  options: { increment: '1', minValue: '1', maxValue: '9', start: '1', cache: '1', cycle: false },
}

test('a sequence that a default which stays uses is not dropped', () => {
  const tables = [
    table('t', { columns: [column('n', { default: `nextval('numbers'::regclass)` })] }),
  ]
  expect(diff(snapshot({ sequences: [sequence], tables }), snapshot({ tables }))).toEqual([])
})

test('what a foreign key that cannot be built leans on is kept', () => {
  const key = foreignKey('k', 'id', 'v')
  const unique = constraint('v_id_key', 'unique', 'id')
  const live = snapshot({
    tables: [table('t', { constraints: [key] }), table('v', { constraints: [unique] })],
  })
  const built = snapshot({ tables: [table('t'), table('v')] })
  const failed = [{ kind: 'foreign key' as const, name: 'k', on: { name: 't' }, reason: 'no key' }]
  expect(diff(live, takeOver(built, live, failed as never))).toEqual([])
})

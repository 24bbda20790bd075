import { describe, expect, test } from 'vitest'
import type { Rename } from '../../src/schema/operation.ts'
import { renameCandidates } from '../../src/schema/rename/candidates.ts'
import { orderedRenames } from '../../src/schema/rename/order.ts'
import { parseRename } from '../../src/schema/rename/parse.ts'
import { inverseRenames, renameStatements } from '../../src/schema/rename/rename.ts'
import { databaseWith, snapshotOf } from '../autogenerate/comparing.ts'
import { column, snapshot, table, view } from './snapshots.ts'

const live = snapshot({
  schemas: ['auth'],
  enums: [{ name: 'mood', values: ['sad', 'a.b'] }],
  tables: [
    table('users', { columns: [column('name'), column('a=b')] }),
    table('keys', { schema: 'auth' }),
  ],
  views: [view('shown', { materialized: true })],
})

describe('parseRename', () => {
  test.each<[string, Rename | null]>([
    ['users=people', { of: 'table', from: { name: 'users' }, to: { name: 'people' } }],
    ['public.users=people', { of: 'table', from: { name: 'users' }, to: { name: 'people' } }],
    [
      'auth.keys=tokens',
      {
        of: 'table',
        from: { schema: 'auth', name: 'keys' },
        to: { schema: 'auth', name: 'tokens' },
      },
    ],
    [
      'auth.keys=public.keys',
      { of: 'table', from: { schema: 'auth', name: 'keys' }, to: { name: 'keys' } },
    ],
    ['users.name=title', { of: 'column', table: { name: 'users' }, from: 'name', to: 'title' }],
    [
      'users.name=users.title',
      { of: 'column', table: { name: 'users' }, from: 'name', to: 'title' },
    ],
    ['users."a=b"=c', { of: 'column', table: { name: 'users' }, from: 'a=b', to: 'c' }],
    ['mood."a.b"=c', { of: 'enum value', enum: { name: 'mood' }, from: 'a.b', to: 'c' }],
    ['shown=seen', { of: 'materialized view', from: { name: 'shown' }, to: { name: 'seen' } }],
    ['auth=identity', { of: 'schema', from: 'auth', to: 'identity' }],
    ['nobody=people', null],
    ['users', null],
    ['users=', null],
    ['a=b=c', null],
  ])('%s is read as what it says, or refused', (text, rename) => {
    expect(parseRename(text, live, 'public')).toEqual(rename)
  })
})

describe('renames', () => {
  const renames: readonly Rename[] = [
    { of: 'schema', from: 'auth', to: 'identity' },
    {
      of: 'table',
      from: { schema: 'auth', name: 'keys' },
      to: { schema: 'auth', name: 'tokens' },
    },
    { of: 'column', table: { schema: 'auth', name: 'keys' }, from: 'id', to: 'key' },
  ]

  test('run from the inside out, and back', () => {
    expect(orderedRenames(renames).flatMap(renameStatements)).toEqual([
      'ALTER TABLE "auth"."keys" RENAME COLUMN "id" TO "key"',
      'ALTER TABLE "auth"."keys" RENAME TO "tokens"',
      'ALTER SCHEMA "auth" RENAME TO "identity"',
    ])
    expect(inverseRenames(renames).flatMap(renameStatements)).toEqual([
      'ALTER TABLE "identity"."tokens" RENAME COLUMN "key" TO "id"',
      'ALTER TABLE "identity"."tokens" RENAME TO "keys"',
      'ALTER SCHEMA "identity" RENAME TO "auth"',
    ])
  })

  test('given together are one permutation: chains and swaps', () => {
    const of = (from: string, to: string): Rename => ({
      of: 'column',
      table: { name: 't' },
      from,
      to,
    })
    const chain = [of('a', 'b'), of('b', 'c')]
    expect(orderedRenames(chain)).toEqual([of('b', 'c'), of('a', 'b')])
    expect(inverseRenames(chain)).toEqual([of('b', 'a'), of('c', 'b')])
    expect(orderedRenames([of('a', 'b'), of('b', 'a')])).toEqual([
      of('a', 'limbeck_swap_1'),
      of('b', 'a'),
      of('limbeck_swap_1', 'b'),
    ])
  })

  test('a table and a type that exchange names share one namespace', () => {
    const renames: readonly Rename[] = [
      { of: 'table', from: { name: 'a' }, to: { schema: 's', name: 'b' } },
      { of: 'enum', from: { schema: 's', name: 'a' }, to: { name: 'a' } },
    ]
    expect(orderedRenames(renames).flatMap(renameStatements)).toEqual([
      'ALTER TABLE "a" RENAME TO "limbeck_move_1"',
      'ALTER TABLE "limbeck_move_1" SET SCHEMA "s"',
      'ALTER TABLE "s"."limbeck_move_1" RENAME TO "b"',
      expect.stringContaining('ALTER TYPE "s"."a" SET SCHEMA %I'),
    ])
  })

  test('a move to another schema is a statement of its own', () => {
    const move: Rename = {
      of: 'enum',
      from: { name: 'mood' },
      to: { schema: 'auth', name: 'feeling' },
    }
    expect(renameStatements(move)).toEqual([
      'ALTER TYPE "mood" SET SCHEMA "auth"',
      'ALTER TYPE "auth"."mood" RENAME TO "feeling"',
    ])
  })
})

test('a move into the default schema finds its name on the server', async () => {
  const database = await databaseWith('CREATE SCHEMA auth', 'CREATE TABLE auth."od\'\'d%" ()')
  const from = { schema: 'auth', name: "od''d%" }
  const statements = renameStatements({ of: 'table', from, to: { name: 'plain' } })
  await database.query(statements.join(';\n'))
  const { tables } = await snapshotOf(database)
  expect(tables.map(({ name }) => name)).toEqual(['plain'])
})

describe('renameCandidates', () => {
  test('asks about columns of one type, similar tables and enums, and values in one position', () => {
    const from = snapshot({
      enums: [{ name: 'mood', values: ['sad', 'ok'] }],
      tables: [table('t', { columns: [column('a'), column('b', { type: 'text' })] }), table('old')],
    })
    const to = snapshot({
      enums: [{ name: 'mood', values: ['blue', 'ok'] }],
      tables: [table('t', { columns: [column('c'), column('d', { type: 'uuid' })] }), table('new')],
    })
    expect(renameCandidates(from, to).flatMap(({ candidates }) => candidates)).toEqual([
      { of: 'table', from: { name: 'old' }, to: { name: 'new' } },
      { of: 'column', table: { name: 't' }, from: 'a', to: 'c' },
      { of: 'enum value', enum: { name: 'mood' }, from: 'sad', to: 'blue' },
    ])
  })

  test('asks nothing where nothing is alike', () => {
    const from = snapshot({ tables: [table('a', { columns: [column('x')] })] })
    const to = snapshot({ tables: [table('b', { columns: [column('y')] })] })
    expect(renameCandidates(from, to)).toEqual([])
  })
})

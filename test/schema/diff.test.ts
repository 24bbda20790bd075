import { describe, expect, test } from 'vitest'
import { diff } from '../../src/schema/diff.ts'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { column, constraint, foreignKey, index, snapshot, table, view } from './snapshots.ts'

const bigOptions = {
  increment: '1',
  minValue: '1',
  maxValue: '9223372036854775807',
  start: '1',
  cache: '1',
  cycle: false,
}

const sqlOf = (from: Partial<Snapshot>, to: Partial<Snapshot>) =>
  diff(snapshot(from), snapshot(to)).flatMap((operation) => operationStatements(operation))

describe('diff', () => {
  test('nothing differs from itself', () => {
    const all = { tables: [table('t', { indexes: [index('i', 'id')] })], views: [view('v')] }
    expect(sqlOf(all, all)).toEqual([])
  })

  test('the same index or constraint under another name is renamed, never built again', () => {
    const from = table('t', {
      indexes: [index('a', 'id')],
      constraints: [constraint('c', 'check', 'id')],
    })
    const to = table('t', {
      indexes: [index('b', 'id')],
      constraints: [constraint('d', 'check', 'id')],
    })
    expect(sqlOf({ tables: [from] }, { tables: [to] })).toEqual([
      'ALTER TABLE "t" RENAME CONSTRAINT "c" TO "d"',
      'ALTER INDEX "a" RENAME TO "b"',
    ])
  })

  test('of several indexes with one definition the equal name stays', () => {
    const from = table('t', { indexes: [index('a', 'id'), index('b', 'id')] })
    const to = table('t', { indexes: [index('b', 'id'), index('c', 'id')] })
    expect(sqlOf({ tables: [from] }, { tables: [to] })).toEqual(['ALTER INDEX "a" RENAME TO "c"'])
  })

  test('a circle of names is opened by a name that nobody has', () => {
    const from = table('t', { indexes: [index('a', 'x'), index('b', 'y')] })
    const to = table('t', { indexes: [index('a', 'y'), index('b', 'x')] })
    expect(sqlOf({ tables: [from] }, { tables: [to] })).toEqual([
      'ALTER INDEX "a" RENAME TO "limbeck_swap_1"',
      'ALTER INDEX "b" RENAME TO "a"',
      'ALTER INDEX "limbeck_swap_1" RENAME TO "b"',
    ])
  })

  test('what goes with its column is not dropped twice', () => {
    const parts = {
      constraints: [constraint('t_a_b_key', 'unique', 'a, b')],
      indexes: [index('i', 'a')],
    }
    const from = table('t', { columns: [column('a'), column('b')], ...parts })
    expect(sqlOf({ tables: [from] }, { tables: [table('t', { columns: [column('b')] })] })).toEqual(
      ['ALTER TABLE "t" DROP COLUMN "a"'],
    )
  })

  test('what models cannot say is neither dropped nor, in the downgrade, created', () => {
    const own = index('own', 'id', { modelled: false, full: 'USING btree (id) INCLUDE (x)' })
    const live = snapshot({
      tables: [table('partitioned', { special: true }), table('t', { indexes: [own] })],
      sequences: [{ name: 's', type: 'bigint', options: bigOptions, owned: true }],
    })
    expect(diff(live, snapshot({ tables: [table('t')] }))).toEqual([])
  })

  test('dropped tables in a circle lose the foreign key that closes it first', () => {
    const a = table('a', { constraints: [foreignKey('a_b', 'id', 'b')] })
    const b = table('b', { constraints: [foreignKey('b_a', 'id', 'a')] })
    expect(sqlOf({ tables: [a, b] }, {})).toEqual([
      'ALTER TABLE "b" DROP CONSTRAINT "b_a"',
      'DROP TABLE "a"',
      'DROP TABLE "b"',
    ])
  })

  test('a NOT VALID constraint is validated, and never made NOT VALID again', () => {
    const key = foreignKey('k', 'id', 'u')
    const from = table('t', { constraints: [{ ...key, validated: false }] })
    const to = table('t', { constraints: [key] })
    expect(sqlOf({ tables: [from] }, { tables: [to] })).toEqual([
      'ALTER TABLE "t" VALIDATE CONSTRAINT "k"',
    ])
    expect(sqlOf({ tables: [to] }, { tables: [from] })).toEqual([])
  })

  test('added enum values go where they belong', () => {
    const values = (...all: string[]) => ({ enums: [{ name: 'e', values: all }] })
    expect(sqlOf(values('b', 'd'), values('a', 'a2', 'b', 'c', 'd', 'e'))).toEqual([
      `ALTER TYPE "e" ADD VALUE 'a' BEFORE 'b'`,
      `ALTER TYPE "e" ADD VALUE 'a2' AFTER 'a'`,
      `ALTER TYPE "e" ADD VALUE 'c' AFTER 'b'`,
      `ALTER TYPE "e" ADD VALUE 'e'`,
    ])
  })

  test('the order of what has no order makes no difference', () => {
    const shuffled = (all: Partial<Snapshot>): Partial<Snapshot> => ({
      ...all,
      enums: all.enums?.toReversed() ?? [],
      views: all.views?.toReversed() ?? [],
      tables:
        all.tables?.map((one) => ({
          ...one,
          indexes: one.indexes.toReversed(),
          constraints: one.constraints.toReversed(),
        })) ?? [],
    })
    const names = ['a', 'b', 'c']
    const to = {
      enums: names.map((name) => ({ name, values: ['x'] })),
      views: names.map((name) => view(`v${name}`)),
      tables: [
        table('t', {
          indexes: names.map((name) => index(name, name)),
          constraints: names.map((name) => constraint(`c${name}`, 'check', name)),
        }),
      ],
    }
    const from = { tables: [table('t')] }
    expect(sqlOf(from, shuffled(to))).toEqual(sqlOf(from, to))
    expect(sqlOf(shuffled(to), from)).toEqual(sqlOf(to, from))
  })

  test('a table is created as a person would write it', () => {
    const sequence = { always: true, options: bigOptions }
    const users = table('users', {
      schema: 'app',
      columns: [
        column('id', { serial: true, type: 'bigint', notNull: true }),
        column('code', {
          type: 'character varying(20)',
          notNull: true,
          default: `'x'::character varying`,
        }),
        column('at', { type: 'timestamp(3) with time zone', default: 'now()' }),
        column('tags', { type: 'mood[]', enum: { name: 'mood' } }),
        column('n', { type: 'bigint', notNull: true, identity: sequence }),
        column('sum', { generated: '(n + 1)', type: 'numeric(10,2)' }),
      ],
      constraints: [
        constraint('positive', 'check', 'n'),
        constraint('users_pkey', 'primary key', 'id'),
      ],
    })
    expect(sqlOf({}, { tables: [users] })).toEqual([
      `CREATE TABLE "app"."users" (
  "id" bigserial PRIMARY KEY,
  "code" varchar(20) DEFAULT 'x'::character varying NOT NULL,
  "at" timestamptz(3) DEFAULT now(),
  "tags" "mood"[],
  "n" bigint GENERATED ALWAYS AS IDENTITY,
  "sum" numeric(10,2) GENERATED ALWAYS AS ((n + 1)) STORED,
  CONSTRAINT "positive" CHECK ((n > 0))
)`,
    ])
  })

  test('a materialized view that is made again keeps its indexes on columns that it still has', () => {
    const materialized = { materialized: true, reads: [{ name: 't', columns: ['n'] }] }
    const from = view('v', { ...materialized, indexes: [index('a', 'n'), index('b', 'm')] })
    const to = view('v', { ...materialized, query: 'SELECT 2', columns: ['n'] })
    expect(sqlOf({ views: [from] }, { views: [to] })).toEqual([
      'DROP MATERIALIZED VIEW "v"',
      expect.stringContaining('CREATE MATERIALIZED VIEW "v"'),
      'CREATE INDEX "a" ON "v" USING btree (n)',
    ])
    expect(sqlOf({ views: [from] }, { views: [{ ...to, query: from.query }] })).toEqual([])
  })

  test('a schema goes only where nothing is in it that models cannot say', () => {
    const schemas = ['a', 'b']
    expect(sqlOf({ schemas, occupied: ['a'] }, {})).toEqual(['DROP SCHEMA "b"'])
  })
})

import * as fc from 'fast-check'
import { type Id, ids, type Type, types } from './random-types.ts'

/** How many pairs of them a test tries. */
export const pairs = Number(process.env.RANDOM_MODELS ?? 40)

/** Models as data, so that a failure can be told and made smaller. */
export interface RandomModels {
  /** The values of the enum `mood`; null: there is none. */
  readonly mood: readonly [string, ...string[]] | null
  readonly moodInSchema: boolean
  /** By how much the sequence `Numbers` counts; null: there is none. */
  readonly countsBy: number | null
  readonly tables: readonly RandomTable[]
}

export interface RandomTable {
  /** One of its own; two tables of one name have two. */
  readonly key: string
  readonly name: string
  readonly inSchema: boolean
  readonly id: Id
  readonly unique: 'primary key' | 'primary key with a name' | 'primary key of two' | 'unique only'
  readonly columns: readonly RandomColumn[]
  readonly references: readonly RandomReference[]
  /** The first two columns are unique together. */
  readonly pair: 'no' | 'constraint' | 'index'
  readonly generated: 'no' | 'of nothing' | 'of a column'
  readonly policy: 'silent' | 'security alone' | 'for all' | 'of a column' | 'for a role'
  readonly view: 'none' | 'plain' | 'filtered' | 'materialized' | 'one on another'
}

export interface RandomColumn {
  readonly name: string
  readonly type: Type
  readonly notNull: boolean
  readonly hasDefault: boolean
  readonly unique: 'no' | 'yes' | 'with a name' | 'nulls not distinct'
  readonly index: (typeof INDEXES)[number]
  readonly check: 'no' | 'of two' | 'of itself'
}

export interface RandomReference {
  /** Key of a table. */
  readonly table: string
  readonly notNull: boolean
  readonly onDelete: 'cascade' | 'set null' | 'restrict' | undefined
}

const INDEXES = [
  'none',
  'none',
  'none',
  'plain',
  'unique',
  'descending',
  'partial',
  'partial and unique',
  'expression',
  'hash',
  'with options',
] as const

/** `twin` has the name of `users`, in the other schema. */
const tables = {
  users: 'users',
  twin: 'users',
  posts: 'posts',
  tags: 'tags',
  odd: 'Odd "One"',
} as const
const columnNames = ['a', 'b', 'c', 'Order "d"'] as const
const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0)

const columnOf = (name: string, version: number): fc.Arbitrary<RandomColumn> =>
  fc.record({
    name: fc.constant(name),
    type: fc.constantFrom(...types),
    notNull: fc.boolean(),
    hasDefault: fc.boolean(),
    unique: fc.constantFrom(
      ...(['no', 'no', 'no', 'no', 'yes', 'with a name'] as const),
      version < 15 ? 'yes' : 'nulls not distinct',
    ),
    index: fc.constantFrom(...INDEXES),
    check: fc.constantFrom('no', 'no', 'no', 'no', 'of two', 'of itself'),
  })

const referenceTo = (table: string): fc.Arbitrary<RandomReference> =>
  fc.record({
    table: fc.constant(table),
    notNull: fc.boolean(),
    onDelete: fc.constantFrom('cascade', 'set null', 'restrict', undefined),
  })

const tableOf = (
  key: keyof typeof tables,
  others: readonly string[],
  version: number,
): fc.Arbitrary<RandomTable> =>
  fc.record({
    key: fc.constant(key),
    name: fc.constant(tables[key]),
    inSchema: rarely,
    id: fc.constantFrom(...ids),
    unique: fc.constantFrom(
      ...(['primary key', 'primary key', 'primary key with a name'] as const),
      ...(['primary key of two', 'unique only'] as const),
    ),
    columns: fc
      .uniqueArray(fc.constantFrom(...columnNames))
      .chain((names) => fc.tuple(...names.toSorted().map((name) => columnOf(name, version)))),
    references: fc.subarray([...others]).chain((keys) => fc.tuple(...keys.map(referenceTo))),
    pair: fc.constantFrom('no', 'no', 'no', 'no', 'constraint', 'index'),
    generated: fc.constantFrom('no', 'no', 'no', 'of nothing', 'of a column'),
    policy: fc.constantFrom(
      ...(['silent', 'silent', 'silent', 'silent', 'silent'] as const),
      ...(['security alone', 'for all', 'of a column', 'for a role'] as const),
    ),
    view: fc.constantFrom(
      ...(['none', 'none', 'none', 'plain', 'filtered', 'materialized', 'one on another'] as const),
    ),
  })

/** What a server of this version takes. */
export const randomModels = (version: number): fc.Arbitrary<RandomModels> =>
  fc
    .tuple(
      fc.option(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 })),
      fc.subarray(Object.keys(tables) as (keyof typeof tables)[], { maxLength: 4 }),
    )
    .chain(([values, keys]) =>
      fc.record({
        // The default is a value whatever else goes.
        mood: fc.constant(values && ([...new Set([...values, 'a'])] as [string, ...string[]])),
        moodInSchema: rarely,
        countsBy: fc.option(fc.constantFrom(1, 1, 10)),
        tables: fc.tuple(...keys.map((key) => tableOf(key, keys, version))),
      }),
    )
    .map((models) => ({ ...models, tables: withTwins(models.tables) }))

function withTwins(all: readonly RandomTable[]): readonly RandomTable[] {
  const users = all.find(({ key }) => key === 'users')
  return all.map((table) =>
    table.key === 'twin' && users ? { ...table, inSchema: !users.inSchema } : table,
  )
}

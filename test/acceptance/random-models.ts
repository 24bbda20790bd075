import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as fc from 'fast-check'

/** How many pairs of them a test tries. */
export const pairs = Number(process.env.RANDOM_MODELS ?? 40)

/** Models as data, so that a failure can be told and made smaller. */
export interface RandomModels {
  /** The values of the enum `mood`; null: there is none. */
  readonly mood: readonly [string, ...string[]] | null
  readonly tables: readonly (RandomTable & { readonly name: string })[]
}

export interface RandomTable {
  readonly inSchema: boolean
  readonly id: keyof typeof IDS
  readonly key: 'of the column' | 'with a name' | 'unique only'
  readonly columns: readonly (RandomColumn & { readonly name: string })[]
  readonly references: readonly (RandomReference & { readonly table: string })[]
  /** The first two columns are unique together. */
  readonly pair: boolean
  readonly generated: boolean
  readonly policy: boolean
  readonly view: 'none' | 'plain' | 'materialized'
}

export interface RandomColumn {
  readonly type: keyof typeof TYPES
  readonly notNull: boolean
  readonly hasDefault: boolean
  readonly unique: 'no' | 'yes' | 'with a name'
  readonly index: 'none' | 'plain' | 'unique' | 'descending' | 'partial' | 'expression'
  readonly check: boolean
}

interface RandomReference {
  readonly notNull: boolean
  readonly onDelete: 'cascade' | 'set null' | 'restrict' | undefined
}

type Make = (name: string) => unknown

/** How each kind of id is made, and what points at it. */
export const IDS = {
  serial: [(name) => pg.serial(name), pg.integer],
  bigserial: [(name) => pg.bigserial(name, { mode: 'number' }), bigint],
  integer: [(name) => pg.integer(name), pg.integer],
  identity: [(name) => pg.integer(name).generatedAlwaysAsIdentity(), pg.integer],
  'identity from 100': [
    (name) => pg.integer(name).generatedByDefaultAsIdentity({ startWith: 100 }),
    pg.integer,
  ],
  uuid: [(name) => pg.uuid(name).defaultRandom(), pg.uuid],
} as const satisfies Record<string, readonly [own: Make, reference: Make]>

function bigint(name: string) {
  return pg.bigint(name, { mode: 'number' })
}

/** How each is made, and a default for it. `mood` stands for the enum, and for text where there is none. */
export const TYPES = {
  integer: [(name) => pg.integer(name), -5],
  smallint: [(name) => pg.smallint(name), 3],
  bigint: [(name) => pg.bigint(name, { mode: 'bigint' }), 9007199254740993n],
  numeric: [(name) => pg.numeric(name), '1.50'],
  'numeric(10,2)': [(name) => pg.numeric(name, { precision: 10, scale: 2 }), '1.50'],
  'double precision': [(name) => pg.doublePrecision(name), 1.5],
  boolean: [(name) => pg.boolean(name), true],
  text: [(name) => pg.text(name), "it's\\ {x}"],
  'varchar(10)': [(name) => pg.varchar(name, { length: 10 }), 'now()'],
  'varchar(20)': [(name) => pg.varchar(name, { length: 20 }), ''],
  'char(3)': [(name) => pg.char(name, { length: 3 }), 'ab'],
  date: [(name) => pg.date(name), '2020-01-01'],
  timestamp: [(name) => pg.timestamp(name), sql`now() + interval '1 day'`],
  'timestamp(3)': [(name) => pg.timestamp(name, { precision: 3 }), new Date(0)],
  timestamptz: [(name) => pg.timestamp(name, { withTimezone: true }), sql`now()`],
  uuid: [(name) => pg.uuid(name), sql`gen_random_uuid()`],
  jsonb: [(name) => pg.jsonb(name), { says: "it's" }],
  json: [(name) => pg.json(name), []],
  'text[]': [(name) => pg.text(name).array(), ["it's", 'x,y']],
  'integer[]': [(name) => pg.integer(name).array(), [1, 2]],
  mood: [(name) => pg.text(name), 'a'],
  'mood[]': [(name) => pg.text(name).array(), ['a']],
} as const satisfies Record<string, readonly [Make, standard: unknown]>

/** What b-tree indexes and `=` take. */
export const isComparable = (type: string) => !/json|\[\]/.test(type)

const names = ['users', 'posts', 'tags', 'user_tags'] as const
const columnNames = ['a', 'b', 'c', 'd'] as const
const keysOf = <Key extends string>(of: Readonly<Record<Key, unknown>>) => Object.keys(of) as Key[]
const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0)

const column: fc.Arbitrary<RandomColumn> = fc.record({
  type: fc.constantFrom(...keysOf(TYPES)),
  notNull: fc.boolean(),
  hasDefault: fc.boolean(),
  unique: fc.constantFrom('no', 'no', 'no', 'yes', 'with a name'),
  index: fc.constantFrom(
    ...(['none', 'none', 'plain', 'unique', 'descending', 'partial', 'expression'] as const),
  ),
  check: rarely,
})

const reference: fc.Arbitrary<RandomReference> = fc.record({
  notNull: fc.boolean(),
  onDelete: fc.constantFrom('cascade', 'set null', 'restrict', undefined),
})

const columns = fc
  .uniqueArray(fc.constantFrom(...columnNames))
  .chain((all) => fc.tuple(...all.toSorted().map((name) => column.map((of) => ({ name, ...of })))))

const tableOf = (name: string, others: readonly string[]) =>
  fc.record({
    name: fc.constant(name),
    inSchema: rarely,
    id: fc.constantFrom(...keysOf(IDS)),
    key: fc.constantFrom('of the column', 'of the column', 'with a name', 'unique only'),
    columns,
    references: fc
      .subarray([...others])
      .chain((tables) =>
        fc.tuple(...tables.map((table) => reference.map((of) => ({ table, ...of })))),
      ),
    pair: rarely,
    generated: rarely,
    policy: rarely,
    view: fc.constantFrom('none', 'none', 'plain', 'materialized'),
  })

export const randomModels: fc.Arbitrary<RandomModels> = fc
  .tuple(
    fc.option(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 })),
    fc.subarray([...names]),
  )
  .chain(([values, tables]) =>
    fc.record({
      // The default is a value whatever else goes.
      mood: fc.constant(values && ([...new Set([...values, 'a'])] as [string, ...string[]])),
      tables: fc.tuple(...tables.map((name) => tableOf(name, tables))),
    }),
  )

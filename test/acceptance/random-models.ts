import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as fc from 'fast-check'
import type { Models } from './case.ts'

/** Models as data, so that a failure can be told and made smaller. */
export interface RandomModels {
  /** The values of the enum `mood`; null: there is none. */
  readonly mood: readonly [string, ...string[]] | null
  readonly tables: readonly (RandomTable & { readonly name: string })[]
}

interface RandomTable {
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

interface RandomColumn {
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

/** What the builders of all column types have in common. */
interface Builder extends pg.PgColumnBuilderBase {
  notNull(): Builder
  primaryKey(): Builder
  unique(name?: string): Builder
  default(value: unknown): Builder
}

type Make = (name: string) => unknown

const IDS = {
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
const TYPES = {
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

/** The models themselves. */
export function modelsOf({ mood, tables }: RandomModels): Models {
  const type = mood && pg.pgEnum('mood', mood)
  const shop = pg.pgSchema('shop')
  const made: Record<string, pg.PgTable & Record<string, pg.PgColumn>> = {}
  const ids = new Map(tables.map(({ name, id }) => [name, id]))
  for (const table of tables) {
    const create = (table.inSchema ? shop.table : pg.pgTable) as typeof pg.pgTable
    const extras = (self: Record<string, pg.PgColumn>) => extrasOf(table, self, made)
    made[table.name] = create(
      table.name,
      columnsOf(table, ids, type),
      extras as never,
    ) as unknown as (typeof made)[string]
  }
  const views = tables.flatMap(({ name, view, columns }) => {
    const table = made[name]
    if (table === undefined || view === 'none') return []
    const create = (view === 'plain' ? pg.pgView : pg.pgMaterializedView) as typeof pg.pgView
    const shown = ['id', ...columns.map((each) => each.name)].slice(0, 3)
    const fields = Object.fromEntries(shown.map((each) => [each, table[each] as pg.PgColumn]))
    return [[`all_${name}`, create(`all_${name}`).as((qb) => qb.select(fields).from(table))]]
  })
  return {
    ...(type && { mood: type }),
    ...(tables.some(({ inSchema }) => inSchema) && { shop }),
    ...made,
    ...Object.fromEntries(views),
  }
}

function columnsOf(
  { name: table, id, key, columns, references, generated }: RandomTable & { readonly name: string },
  ids: ReadonlyMap<string, keyof typeof IDS>,
  mood: ((name: string) => unknown) | null,
): Record<string, pg.PgColumnBuilderBase> {
  const plain = columns.map((each): [string, Builder] => [each.name, columnOf(table, each, mood)])
  const own = IDS[id][0]('id') as Builder
  const pointers = references.map(({ table: target, notNull }): [string, Builder] => {
    const pointer = IDS[ids.get(target) ?? 'integer'][1](`${target}_id`) as unknown as Builder
    return [`${target}_id`, notNull ? pointer.notNull() : pointer]
  })
  const doubled = pg.text('doubled').generatedAlwaysAs(sql`'x' || 'y'`)
  return {
    id: key === 'of the column' ? own.primaryKey() : own.notNull(),
    ...Object.fromEntries([...plain, ...pointers]),
    ...(generated && { doubled }),
  }
}

function columnOf(
  table: string,
  { name, type, notNull, hasDefault, unique }: RandomColumn & { readonly name: string },
  mood: ((name: string) => unknown) | null,
): Builder {
  const [make, standard] = TYPES[type]
  let built = make(name) as unknown as Builder
  if (mood !== null && type.startsWith('mood')) {
    const single = mood(name) as Builder & { array(): Builder }
    built = type === 'mood' ? single : single.array()
  }
  if (hasDefault) built = built.default(standard)
  if (notNull) built = built.notNull()
  if (unique === 'no' || !isComparable(type)) return built
  return unique === 'yes' ? built.unique() : built.unique(`only_${table}_${name}`)
}

function extrasOf(
  { name, key, columns, references, pair, policy }: RandomTable & { readonly name: string },
  self: Record<string, pg.PgColumn>,
  made: Record<string, Record<string, pg.PgColumn>>,
) {
  const column = (of: string) => self[of] as pg.ExtraConfigColumn & pg.PgColumn
  const indexed = columns.filter(({ type }) => isComparable(type))
  const [first, second] = indexed
  return [
    ...(key === 'with a name'
      ? [pg.primaryKey({ name: `${name}_key`, columns: [column('id')] })]
      : []),
    ...(key === 'unique only' ? [pg.unique().on(column('id'))] : []),
    ...references.map(({ table, onDelete }) => {
      const target = (made[table] ?? self).id as pg.PgColumn
      const link = pg.foreignKey({ columns: [column(`${table}_id`)], foreignColumns: [target] })
      return onDelete === undefined ? link : link.onDelete(onDelete)
    }),
    ...indexed.flatMap((each) => indexOf(name, each, column) ?? []),
    ...columns
      .filter(({ check }) => check)
      .map((each) =>
        pg.check(
          `${name}_${each.name}_check`,
          sql`${column(each.name)} is not null or ${column('id')} is not null`,
        ),
      ),
    ...(pair && first && second ? [pg.unique().on(column(first.name), column(second.name))] : []),
    ...(policy ? [pg.pgPolicy(`${name}_policy`, { for: 'select', using: sql`true` })] : []),
  ]
}

function indexOf(
  table: string,
  { name, index }: RandomColumn & { readonly name: string },
  column: (of: string) => pg.ExtraConfigColumn & pg.PgColumn,
) {
  const made = pg.index(`${table}_${name}_${index}_index`)
  switch (index) {
    case 'none':
      return null
    case 'plain':
      return made.on(column(name))
    case 'unique':
      return pg.uniqueIndex(`${table}_${name}_${index}_index`).on(column(name))
    case 'descending':
      return made.on(column(name).desc().nullsLast(), column('id'))
    case 'partial':
      return made.on(column('id')).where(sql`${column(name)} is not null`)
    case 'expression':
      return made.on(sql`(${column(name)} is null)`)
  }
}

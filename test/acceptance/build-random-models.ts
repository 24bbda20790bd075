import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import type { Models } from './case.ts'
import {
  IDS,
  isComparable,
  type RandomColumn,
  type RandomModels,
  type RandomTable,
  TYPES,
} from './random-models.ts'

/** What the builders of all column types have in common. */
interface Builder extends pg.PgColumnBuilderBase {
  notNull(): Builder
  primaryKey(): Builder
  unique(name?: string): Builder
  default(value: unknown): Builder
}

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

import type * as core from 'drizzle-orm/pg-core'
import { indexOf, keysOf, policiesOf } from './build-random-parts.ts'
import type { Drizzle, Models } from './case.ts'
import { drizzle045 } from './drizzle-versions.ts'
import type { RandomColumn, RandomModels, RandomTable } from './random-models.ts'
import { type Id, idsOf, isComparable, typesOf } from './random-types.ts'

/** What the builders of all column types have in common. */
interface Builder extends core.PgColumnBuilderBase {
  notNull(): Builder
  primaryKey(): Builder
  unique(name?: string, config?: { nulls: 'not distinct' }): Builder
  default(value: unknown): Builder
}

interface Building {
  readonly drizzle: Drizzle
  readonly mood: ((name: string) => unknown) | null
  readonly hasSequence: boolean
  readonly ids: ReadonlyMap<string, Id>
}

/** The models themselves. */
export function modelsOf(
  { mood, moodInSchema, countsBy, tables }: RandomModels,
  drizzle: Drizzle = drizzle045,
): Models {
  const { pg } = drizzle
  const shop = pg.pgSchema('shop')
  const type = mood && (moodInSchema ? shop.enum('mood', mood) : pg.pgEnum('mood', mood))
  const ids = new Map(tables.map(({ key, id }) => [key, id]))
  const building = { drizzle, mood: type, hasSequence: countsBy !== null, ids }
  const made: Record<string, core.PgTable & Record<string, core.PgColumn>> = {}
  for (const table of tables) {
    const create = (table.inSchema ? shop.table : pg.pgTable) as typeof pg.pgTable
    const extras = (self: Record<string, core.PgColumn>) => extrasOf(drizzle, table, self, made)
    const built = create(table.name, columnsOf(table, building), extras as never)
    made[table.key] = (table.policy === 'security alone'
      ? drizzle.withRowSecurity(built)
      : built) as unknown as (typeof made)[string]
  }
  const usesShop = tables.some(({ inSchema }) => inSchema) || (type !== null && moodInSchema)
  return {
    ...(type && { mood: type }),
    ...(usesShop && { shop }),
    ...(countsBy !== null && { numbers: pg.pgSequence('Numbers', { increment: countsBy }) }),
    ...made,
    ...Object.assign({}, ...tables.map((table) => viewsOf(drizzle, table, made[table.key]))),
  }
}

function viewsOf(
  { pg, orm }: Drizzle,
  { key, view, columns }: RandomTable,
  table: (core.PgTable & Record<string, core.PgColumn>) | undefined,
): Models {
  if (table === undefined || view === 'none') return {}
  const create = (view === 'materialized' ? pg.pgMaterializedView : pg.pgView) as typeof pg.pgView
  const shown = ['id', ...columns.map((each) => each.name)].slice(0, 3)
  const fields = Object.fromEntries(shown.map((each) => [each, table[each] as core.PgColumn]))
  const name = `all_${key}`
  if (view === 'filtered') {
    const last = table[shown.at(-1) ?? 'id'] as core.PgColumn
    const checked = create(name).with({ checkOption: 'local' })
    return { [name]: checked.as((qb) => qb.select(fields).from(table).where(orm.isNotNull(last))) }
  }
  const first = create(name).as((qb) => qb.select(fields).from(table))
  if (view !== 'one on another') return { [name]: first }
  const second = create(`${name}_again`).as((qb) => qb.select().from(first as never))
  return { [name]: first, [`${name}_again`]: second }
}

function columnsOf(table: RandomTable, building: Building) {
  const { key, id, unique, columns, references, generated } = table
  const { drizzle, ids } = building
  const plain = columns.map((each): [string, Builder] => [each.name, columnOf(key, each, building)])
  const own = idsOf(drizzle)[id][0]('id') as unknown as Builder
  const pointers = references.map(({ table: target, notNull }): [string, Builder] => {
    const make = idsOf(drizzle)[ids.get(target) ?? 'integer'][1]
    const pointer = make(`${target}_id`) as unknown as Builder
    return [`${target}_id`, notNull ? pointer.notNull() : pointer]
  })
  const { pg, sql } = drizzle
  const source = columns.at(-1)?.name ?? 'id'
  const computed = {
    no: {},
    'of nothing': { computed: pg.text('computed').generatedAlwaysAs(sql`'x' || 'y'`) },
    'of a column': {
      computed: pg.boolean('computed').generatedAlwaysAs(sql`${sql.identifier(source)} is null`),
    },
  }
  return {
    id: unique === 'primary key' ? own.primaryKey() : own.notNull(),
    ...Object.fromEntries([...plain, ...pointers]),
    ...computed[generated],
  } as Record<string, core.PgColumnBuilderBase>
}

function columnOf(
  table: string,
  { name, type, notNull, hasDefault, unique }: RandomColumn,
  { drizzle, mood, hasSequence }: Building,
): Builder {
  const [make, standard] = typesOf(drizzle)[type]
  let built = make(name) as unknown as Builder
  if (mood !== null && type.startsWith('mood')) {
    const single = mood(name) as Builder & { array(): Builder }
    built = type === 'mood' ? single : single.array()
  }
  const isTaken = type === 'numbered' && hasSequence
  if (hasDefault) built = built.default(isTaken ? drizzle.sql`nextval('"Numbers"')` : standard)
  if (notNull) built = built.notNull()
  if (unique === 'no' || !isComparable(type)) return built
  if (unique === 'yes') return built.unique()
  return unique === 'with a name'
    ? built.unique(`only_${table}_${name}`)
    : built.unique(`nulls_${table}_${name}`, { nulls: 'not distinct' })
}

function extrasOf(
  drizzle: Drizzle,
  table: RandomTable,
  self: Record<string, core.PgColumn>,
  made: Record<string, Record<string, core.PgColumn>>,
) {
  const { pg, sql } = drizzle
  const { key, columns, references } = table
  const column = (of: string) => self[of] as core.ExtraConfigColumn & core.PgColumn
  return [
    ...keysOf(drizzle, table, column),
    ...references.map(({ table: other, onDelete }) => {
      const target = (made[other] ?? self).id as core.PgColumn
      const link = pg.foreignKey({ columns: [column(`${other}_id`)], foreignColumns: [target] })
      return onDelete === undefined ? link : link.onDelete(onDelete)
    }),
    ...columns.flatMap((each) => indexOf(drizzle, key, each, column) ?? []),
    ...columns.flatMap(({ name, check }) => {
      if (check === 'no') return []
      const own = sql`${column(name)} is not null`
      const condition = check === 'of itself' ? sql`${own} or ${column(name)} is null` : own
      return [pg.check(`${key}_${name}_check`, sql`${condition} or ${column('id')} is not null`)]
    }),
    ...policiesOf(drizzle, table, column),
  ]
}

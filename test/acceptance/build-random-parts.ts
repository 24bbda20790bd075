import type * as core from 'drizzle-orm/pg-core'
import type { Drizzle } from './case.ts'
import type { RandomColumn, RandomTable } from './random-models.ts'
import { isComparable } from './random-types.ts'

type Find = (name: string) => core.ExtraConfigColumn & core.PgColumn

/** Keys of more than one column, or with a name. */
export function keysOf({ pg }: Drizzle, table: RandomTable, column: Find) {
  const { key, unique, columns, pair } = table
  const [first, second] = columns.filter(({ type }) => isComparable(type))
  const two = first && second && ([column(first.name), column(second.name)] as const)
  const own = {
    'primary key': [],
    'primary key with a name': [pg.primaryKey({ name: `${key}_key`, columns: [column('id')] })],
    'primary key of two': first
      ? [
          pg.primaryKey({ columns: [column(first.name), column('id')] }),
          pg.unique().on(column('id')),
        ]
      : [pg.primaryKey({ columns: [column('id')] })],
    'unique only': [pg.unique().on(column('id'))],
  }
  const together = {
    no: () => [],
    constraint: () => (two ? [pg.unique().on(...two)] : []),
    index: () => (two ? [pg.uniqueIndex(`${key}_pair_index`).on(...two)] : []),
  }
  return [...own[unique], ...together[pair]()]
}

/** The name of the index on a column. */
export const indexName = (key: string, { name, index }: RandomColumn) =>
  `${key}_${name}_${index.replaceAll(' ', '_')}_index`

export function indexOf({ pg, sql }: Drizzle, key: string, of: RandomColumn, column: Find) {
  const { name, index, type } = of
  if (!isComparable(type)) return null
  const made = pg.index(indexName(key, of))
  const only = pg.uniqueIndex(indexName(key, of))
  switch (index) {
    case 'none':
      return null
    case 'plain':
      return made.on(column(name))
    case 'unique':
      return only.on(column(name))
    case 'descending':
      return made.on(column(name).desc().nullsLast(), column('id'))
    case 'partial':
      return made.on(column('id')).where(sql`${column(name)} is not null`)
    case 'partial and unique':
      return only.on(column(name)).where(sql`${column('id')} is not null`)
    case 'expression':
      return made.on(sql`(${column(name)} is null)`)
    case 'hash':
      return made.using('hash', column(name))
    case 'with options':
      return made.on(column(name), column('id')).with({ fillfactor: 70 })
  }
}

export function policiesOf({ pg, sql }: Drizzle, table: RandomTable, column: Find) {
  const name = `${table.key}_policy`
  const read = column(table.columns[0]?.name ?? 'id')
  switch (table.policy) {
    case 'silent':
    case 'security alone':
      return []
    case 'for all':
      return [pg.pgPolicy(name, { for: 'select', using: sql`true` })]
    case 'of a column':
      return [
        pg.pgPolicy(name, {
          as: 'restrictive',
          for: 'all',
          using: sql`${read} is not null`,
          withCheck: sql`${read} is not null`,
        }),
      ]
    case 'for a role':
      return [
        pg.pgPolicy(name, {
          for: 'insert',
          to: pg.pgRole('pg_monitor').existing(),
          withCheck: sql`true`,
        }),
      ]
  }
}

import { indexName } from './build-random-parts.ts'
import type { RandomColumn, RandomModels, RandomTable } from './random-models.ts'
import { isComparable } from './random-types.ts'

/** A name as PostgreSQL prints it: in quotes where it needs them. */
export const named = (name: string): string =>
  /^[a-z_]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`

/** The table as PostgreSQL prints it. */
export function qualified({ name, inSchema }: Pick<RandomTable, 'name' | 'inSchema'>): string {
  return inSchema ? `shop.${named(name)}` : named(name)
}

/** The name of a part of the table, beside which nothing has it. */
export const within = ({ inSchema }: Pick<RandomTable, 'inSchema'>, name: string): string =>
  inSchema ? `shop.${named(name)}` : named(name)

/** The view of a table, by what would make it another one. */
export const viewPart = (table: RandomTable): string => {
  const shown = table.columns.slice(0, 2).map(({ name }) => name)
  return `view ${table.view} all_${table.key} on ${qualified(table)} ${shown.join()}`
}

/** The index on a column, where there is one. */
export const indexPart = (table: RandomTable, column: RandomColumn): string =>
  `index ${within(table, indexName(table.key, column))}`

/** The parts of models that extras need. */
export function partsOf({ mood, moodInSchema, tables }: RandomModels): ReadonlySet<string> {
  const parts = tables.flatMap((table) => {
    const name = qualified(table)
    return [
      name,
      `${name}.id ${table.id}`,
      table.policy === 'silent'
        ? `silent ${name}`
        : `policy ${table.policy} ${table.key}_policy on ${name}`,
      viewPart(table),
      ...table.columns.flatMap((column) => [
        `${name}.${column.name}`,
        ...(isComparable(column.type)
          ? [`${name}.${column.name} comparable`, indexPart(table, column)]
          : []),
      ]),
    ]
  })
  return new Set(mood === null ? parts : [...parts, moodName({ moodInSchema })])
}

export const moodName = ({ moodInSchema }: Pick<RandomModels, 'moodInSchema'>): string =>
  moodInSchema ? 'shop.mood' : 'mood'

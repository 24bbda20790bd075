import { keyOf } from '../names.ts'
import type { ObjectName, Table } from '../schema.ts'
import type { TableSnapshot } from '../snapshot.ts'
import { columnDefinition, columnOf } from './columns.ts'
import { checkClause, constraintClause, primaryKeyClause, uniqueClause } from './constraints.ts'
import { twinKeys, twinKeysAgain } from './twin-keys.ts'

/** Those that stand inside CREATE TABLE, in that order. */
const KINDS_IN_TABLE = ['primary key', 'unique', 'check'] as const

/** Multi-line `CREATE TABLE` with every constraint but the foreign keys and those of `twin-keys.ts`. */
export function createTable(table: Table): string {
  const inlineKey = inlineKeyColumn(table)
  const lines = table.columns.map((column) =>
    column.name === inlineKey
      ? `${columnDefinition({ ...column, notNull: false }, table)} PRIMARY KEY`
      : columnDefinition(column, table),
  )
  if (table.primaryKey !== undefined && inlineKey === undefined)
    lines.push(primaryKeyClause(table.primaryKey))
  const later = twinKeys(table)
  const uniques = table.uniques.filter((unique) => !later.has(unique))
  lines.push(...uniques.map(uniqueClause), ...table.checks.map(checkClause))
  return createTableOf(table, lines)
}

/** The same for a table as PostgreSQL spells it. */
export function createTableAgain(table: TableSnapshot): string {
  const key = table.constraints.find(
    ({ kind, name, definition, full }) =>
      kind === 'primary key' && name === `${table.name}_pkey` && full === definition,
  )
  const inlineKey = key?.columns.length === 1 ? key : undefined
  const lines = table.columns.map((snapshot) => {
    const column = columnOf(snapshot, table)
    return snapshot.name === inlineKey?.columns[0]
      ? `${columnDefinition({ ...column, notNull: false }, table)} PRIMARY KEY`
      : columnDefinition(column, table)
  })
  const later = twinKeysAgain(table)
  const constraints = KINDS_IN_TABLE.flatMap((kind) =>
    table.constraints.filter(
      (constraint) =>
        constraint.kind === kind && constraint !== inlineKey && !later.has(constraint),
    ),
  )
  const { clause = '' } = table
  const statement = createTableOf(table, [...lines, ...constraints.map(constraintClause)])
  return clause === '' ? statement : `${statement} ${clause}`
}

/** `DROP TABLE`; what depends on it is dropped before. */
export function dropTable(table: ObjectName): string {
  return `DROP TABLE ${keyOf(table)}`
}

/** `ALTER TABLE …`, one action. */
export function alterTable(table: ObjectName, action: string): string {
  return `ALTER TABLE ${keyOf(table)} ${action}`
}

/** `ALTER TABLE … ENABLE ROW LEVEL SECURITY`. */
export function enableRowSecurity(table: ObjectName): string {
  return alterTable(table, 'ENABLE ROW LEVEL SECURITY')
}

/** `ALTER TABLE … DISABLE ROW LEVEL SECURITY`. */
export function disableRowSecurity(table: ObjectName): string {
  return alterTable(table, 'DISABLE ROW LEVEL SECURITY')
}

function createTableOf(table: ObjectName, lines: readonly string[]): string {
  const body = lines.length === 0 ? '()' : `(\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`
  return `CREATE TABLE ${keyOf(table)} ${body}`
}

/** A key of one column without a name of its own reads best beside the column, where NOT NULL is implied. */
function inlineKeyColumn({ primaryKey }: Table): string | undefined {
  if (primaryKey?.name !== undefined || primaryKey?.columns.length !== 1) return undefined
  return primaryKey.columns[0]
}

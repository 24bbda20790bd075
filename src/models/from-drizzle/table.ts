import type { PgColumn } from 'drizzle-orm/pg-core'
import { LimbeckError } from '../../errors.ts'
import { isEqual } from '../../schema/equal.ts'
import type { PrimaryKey, Table } from '../../schema/schema.ts'
import { columnFromModel } from './column.ts'
import { checkFromModel, foreignKeyFromModel, uniquesFromModel } from './constraint.ts'
import { indexFromModel } from './indexes.ts'
import type { TableModel } from './models.ts'
import { primaryKeyName } from './names.ts'
import { type LinkedPolicies, policyFromModel } from './policy.ts'
import { refuse } from './refuse.ts'
import type { Renderer } from './sql.ts'
import { isVersion1 } from './version.ts'

/** A table with everything that hangs on it. Throws LIMBECK_UNSUPPORTED_MODEL naming what cannot be said in DDL. */
export function tableFromModel(
  model: TableModel,
  linked: LinkedPolicies,
  renderer: Renderer,
): Table {
  refuseCasing(model, renderer)
  const policies = [...model.policies, ...(linked.get(model.table) ?? [])]
  const key = primaryKey(model, renderer)
  return {
    schema: model.schema,
    name: model.name,
    columns: model.columns.map((column) => tableColumn(column, model, key, renderer)),
    primaryKey: key,
    uniques: distinct(uniquesFromModel(model, renderer)),
    checks: distinct(model.checks.map((check) => checkFromModel(check, model, renderer))),
    foreignKeys: distinct(
      model.foreignKeys.map((item) => foreignKeyFromModel(item, model, renderer)),
    ),
    indexes: distinct(model.indexes.map((index) => indexFromModel(index, model, renderer))),
    policies: distinct(policies.map((policy) => policyFromModel(policy, model, renderer))),
    rowSecurity: model.enableRLS || policies.length > 0,
  }
}

/** What is declared twice in the same words and under one name is one thing. */
function distinct<T extends { readonly name?: string }>(items: readonly T[]): readonly T[] {
  return items.filter(
    (item, at) =>
      item.name === undefined || !items.slice(0, at).some((earlier) => isEqual(earlier, item)),
  )
}

function tableColumn(
  column: PgColumn,
  model: TableModel,
  key: PrimaryKey | undefined,
  renderer: Renderer,
) {
  const object = `${model.label}, column "${column.name}"`
  const result = columnFromModel(column, model.name, object, renderer)
  return key?.columns.includes(result.name) ? { ...result, notNull: true } : result
}

function primaryKey(model: TableModel, renderer: Renderer): PrimaryKey | undefined {
  const names = (columns: readonly PgColumn[]) => columns.map(renderer.columnName)
  const keys = [
    ...model.columns
      .filter((column) => column.primary)
      .map((column) => ({ columns: names([column]) })),
    ...model.primaryKeys.map((key) => ({
      name: primaryKeyName(key, renderer),
      columns: names(key.columns),
    })),
  ]
  if (keys.length > 1)
    refuse(
      model.label,
      `has ${keys.length} primary keys`,
      'For a key of several columns use primaryKey({ columns: […] })',
    )
  return keys[0]
}

/** In 1.0 casing is said where the table is made; a second opinion would contradict the SQL of the models. */
function refuseCasing({ columns, label: object }: TableModel, { casing }: Renderer): void {
  const [column] = columns
  if (casing === undefined || column === undefined || !isVersion1(column)) return
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `casing: '${casing}' is for drizzle-orm 0.45, but ${object} is made by drizzle-orm 1.0`,
    { hint: 'Remove the option: 1.0 takes the casing where the table is declared.' },
  )
}

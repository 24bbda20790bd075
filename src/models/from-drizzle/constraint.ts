import { getTableName, getTableUniqueName } from 'drizzle-orm'
import type {
  Check as CheckModel,
  ForeignKey as ForeignKeyModel,
  PgTable,
} from 'drizzle-orm/pg-core'
import type { Check, ForeignKey, ObjectName, Unique } from '../../schema/schema.ts'
import type { TableModel } from './models.ts'
import { foreignKeyName } from './names.ts'
import { reading } from './refuse.ts'
import type { Renderer } from './sql.ts'
import { isNameExplicit } from './version.ts'

/** The unique constraints of the columns, then those of the table. */
export function uniquesFromModel(model: TableModel, renderer: Renderer): readonly Unique[] {
  const ofColumns = model.columns
    .filter((column) => column.isUnique)
    .map((column) => ({
      name: column.uniqueName,
      columns: [renderer.columnName(column)],
      nullsNotDistinct: column.uniqueType === 'not distinct',
    }))
  const ofTable = model.uniqueConstraints.map((unique) => {
    // drizzle-kit 1.0 leaves the name of a single column's constraint to PostgreSQL.
    const isServerNamed = isNameExplicit(unique) === false && unique.columns.length === 1
    return {
      name: isServerNamed ? undefined : unique.name,
      columns: unique.columns.map(renderer.columnName),
      nullsNotDistinct: unique.nullsNotDistinct,
    }
  })
  return [...ofColumns, ...ofTable]
}

/** A check with its expression. */
export function checkFromModel(check: CheckModel, model: TableModel, renderer: Renderer): Check {
  const object = `${model.label}, check "${check.name}"`
  return { name: check.name, expression: renderer.tableExpression(check.value, object) }
}

/** A foreign key with drizzle-kit's name where the model gives none; its target may be outside the models. */
export function foreignKeyFromModel(
  key: ForeignKeyModel,
  model: TableModel,
  renderer: Renderer,
): ForeignKey {
  const object = `${model.label}, foreign key`
  const reference = reading(object, 'its target cannot be read', () => key.reference())
  const foreignName = getTableName(reference.foreignTable)
  return {
    name: foreignKeyName(key, model.name, foreignName, renderer),
    columns: reference.columns.map(renderer.columnName),
    foreignTable: objectName(reference.foreignTable),
    foreignColumns: reference.foreignColumns.map(renderer.columnName),
    onDelete: key.onDelete ?? 'no action',
    onUpdate: key.onUpdate ?? 'no action',
  }
}

/** Drizzle tells a table's schema only as the front of its unique name: `public` (0.45) or nothing (1.0) for none. */
function objectName(table: PgTable): ObjectName {
  const name = getTableName(table)
  const schema = getTableUniqueName(table).slice(0, -name.length - 1)
  return { schema: schema === 'public' || schema === '' ? undefined : schema, name }
}

import { is, SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Column, ColumnType, Identity } from '../../schema/schema.ts'
import { quoteIdentifier } from '../../sql/quote.ts'
import { elementColumn } from './array.ts'
import { literalDefault } from './default.ts'
import type { EnumModel } from './models.ts'
import { sequenceOptionsFromModel } from './objects.ts'
import { reading, refuse } from './refuse.ts'
import type { Renderer } from './sql.ts'

/** PostgreSQL cuts longer names off. */
const MAX_NAME_BYTES = 63

/** A column with type, default, generation and identity. `object` names it in messages. */
export function columnFromModel(
  column: PgColumn,
  tableName: string,
  object: string,
  renderer: Renderer,
): Column {
  const name = renderer.columnName(column)
  return {
    name,
    type: columnType(column),
    notNull: column.notNull,
    default: columnDefault(column, object, renderer),
    generated: generatedExpression(column, object, renderer),
    identity: identity(column, `${tableName}_${name}_seq`, object),
  }
}

/** The enum behind a column, or undefined. */
export function columnEnum(column: PgColumn): EnumModel | undefined {
  const { element } = elementColumn(column)
  // By name, as this is asked of every column twice and is() walks the classes.
  const isEnum =
    element.columnType === 'PgEnumColumn' || element.columnType === 'PgEnumObjectColumn'
  return isEnum ? (element as unknown as { enum: EnumModel }).enum : undefined
}

function columnType(column: PgColumn): ColumnType {
  const { element, brackets } = elementColumn(column)
  const model = columnEnum(column)
  if (model !== undefined)
    return { kind: 'enum', name: { schema: model.schema, name: model.enumName }, brackets }
  const type = element.getSQLType().replace('timestamp (', 'timestamp(')
  // PostgreSQL would fold a custom type's `CamelCase` name; drizzle-kit 0.31 quotes it.
  const isMixedCase = /^\w*[a-z]\w*$/.test(type) && /[A-Z]/.test(type)
  return { kind: 'sql', sql: (isMixedCase ? quoteIdentifier(type) : type) + brackets }
}

function columnDefault(column: PgColumn, object: string, renderer: Renderer): string | undefined {
  const value: unknown = column.default
  if (value === undefined) return undefined
  if (is(value, SQL)) return renderer.tableExpression(value, object)
  return reading(object, 'its default has no SQL form', () =>
    literalDefault(value, elementColumn(column), object),
  )
}

function generatedExpression(
  column: PgColumn,
  object: string,
  renderer: Renderer,
): string | undefined {
  const { generated } = column
  if (generated === undefined) return undefined
  if (generated.mode !== undefined && generated.mode !== 'stored')
    refuse(object, `generated columns of mode "${generated.mode}" are not supported`)
  const as: unknown = typeof generated.as === 'function' ? generated.as() : generated.as
  return is(as, SQL) ? renderer.tableExpression(as, object) : String(as)
}

function identity(column: PgColumn, defaultName: string, object: string): Identity | undefined {
  const { generatedIdentity } = column
  if (generatedIdentity === undefined) return undefined
  const { type, sequenceName, sequenceOptions } = generatedIdentity
  // PostgreSQL shortens a long name of its own in another way than one that is given, as drizzle-kit gives it.
  const isLong = Buffer.byteLength(defaultName) > MAX_NAME_BYTES
  return {
    always: type === 'always',
    sequenceName: sequenceName ?? (isLong ? defaultName : undefined),
    options: sequenceOptionsFromModel(sequenceOptions, object),
  }
}

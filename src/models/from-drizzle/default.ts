import type { PgColumn } from 'drizzle-orm/pg-core'
import { arrayText } from '../../sql/array-text.ts'
import { quoteLiteral } from '../../sql/quote.ts'
import type { ElementColumn } from './array.ts'
import { refuse } from './refuse.ts'
import { bytesText } from './sql.ts'
import { isVersion1 } from './version.ts'

/**
 * The SQL literal of a default that is a JavaScript value, spelled as drizzle-kit of the version in use spells it, since
 * PostgreSQL keeps `1.5` and `'1.5'` apart. Undefined for null; LIMBECK_UNSUPPORTED_MODEL for what has no literal.
 */
export function literalDefault(
  value: unknown,
  { element, dimensions }: ElementColumn,
  object: string,
): string | undefined {
  // Only JSON has a null that is a value.
  if (value === null && !isJson(element)) return undefined
  if (dimensions > 0 && Array.isArray(value)) {
    const text = (item: unknown) => elementText(item, element, dimensions, object)
    return quoteLiteral(arrayText(value, dimensions, text))
  }
  const text = elementText(value, element, 0, object)
  return isBare(value, element) ? text : quoteLiteral(text)
}

/** The value as PostgreSQL's input function of the type reads it. */
function elementText(value: unknown, column: PgColumn, dimensions: number, object: string): string {
  if (isJson(column)) return jsonText(value, column)
  if (typeof value === 'string') return zonedText(value, column)
  if (isScalar(value)) return String(value)
  if (value instanceof Date) return dateText(value, column.getSQLType())
  if (value instanceof Uint8Array) return bytesText(value)
  const mapped = driverValue(value, column, dimensions)
  if (typeof mapped === 'string') return sridPrefix(column) + mapped
  if (mapped instanceof Uint8Array) return bytesText(mapped)
  if (isScalar(mapped)) return String(mapped)
  return refuse(object, 'its default has no literal form', 'Write it as sql`…`')
}

/** drizzle-kit 0.31 takes a string for JSON text, drizzle-kit 1.0 for a string to be encoded. */
function jsonText(value: unknown, column: PgColumn): string {
  return typeof value === 'string' && !isVersion1(column) ? value : JSON.stringify(value)
}

/** drizzle-kit 1.0 reads a time without a zone as UTC; before, PostgreSQL reads it in the session's zone. */
function zonedText(value: string, column: PgColumn): string {
  const isZoned = /^time.* with time zone$/.test(column.getSQLType())
  return isVersion1(column) && isZoned && !/([+-]\d{2}(:\d{2})?|Z)$/i.test(value)
    ? `${value}+00`
    : value
}

function dateText(value: Date, type: string): string {
  const iso = value.toISOString()
  if (type === 'date') return iso.slice(0, 10)
  if (type.startsWith('timestamp') && !type.includes('with time zone'))
    return iso.replace('T', ' ').slice(0, 23)
  return iso
}

/** The column's own conversion. That of 1.0 expects the whole array, so one element goes in with brackets around it. */
function driverValue(value: unknown, column: PgColumn, dimensions: number): unknown {
  if (!isVersion1(column) || dimensions === 0) return column.mapToDriverValue(value)
  let wrapped = value
  for (let level = 0; level < dimensions; level++) wrapped = [wrapped]
  let mapped: unknown = column.mapToDriverValue(wrapped)
  for (let level = 0; level < dimensions && Array.isArray(mapped); level++) mapped = mapped[0]
  return mapped
}

/** PostGIS refuses a point without the column's reference system; only drizzle-orm 1.0 has one. */
function sridPrefix(column: PgColumn): string {
  const { srid } = column as { srid?: number }
  return srid === undefined ? '' : `SRID=${srid};`
}

function isJson(column: PgColumn): boolean {
  const type = column.getSQLType()
  return type === 'json' || type === 'jsonb'
}

/** Whether the text needs no quotes: finite numbers and booleans, but not numeric ones of drizzle-kit 1.0. */
function isBare(value: unknown, column: PgColumn): boolean {
  if (isJson(column)) return false
  if (typeof value === 'boolean') return true
  const isNumber =
    typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))
  return isNumber && !(isVersion1(column) && column.getSQLType().startsWith('numeric'))
}

function isScalar(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

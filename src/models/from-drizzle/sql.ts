import type { SQL } from 'drizzle-orm'
import { toCamelCase, toSnakeCase } from 'drizzle-orm/casing'
import { PgDialect } from 'drizzle-orm/pg-core'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { reading } from './refuse.ts'

export type Casing = 'snake_case' | 'camelCase'

/** The part of a Drizzle column, or of an index's column, that its name in the database follows from. */
export interface NamedColumn {
  readonly name?: string
  readonly keyAsName?: boolean
}

/** How names and SQL of the models become text. */
export interface Renderer {
  readonly casing: Casing | undefined
  /** A column's name in the database. */
  columnName(column: NamedColumn): string
  /** An expression that only sees its own table: columns without the table's name, parameters as literals. */
  tableExpression(sql: SQL, object: string): string
  /** A query or an expression with subqueries: columns with their table's name, parameters as literals. */
  query(sql: SQL, object: string): string
}

/** Renders with Drizzle's own dialect, but with the quoting of src/schema and every parameter in place. */
export function createRenderer(casing: Casing | undefined): Renderer {
  const dialect = Object.assign(new PgDialect({ casing }), {
    escapeName: quoteIdentifier,
    escapeString: quoteLiteral,
    escapeParam: (_number: number, value?: unknown) => parameterText(value),
  })
  const render = (sql: SQL, object: string, source?: 'indexes') =>
    reading(object, 'its SQL cannot be rendered', () => dialect.sqlToQuery(sql, source).sql.trim())
  return {
    casing,
    columnName: (column) => columnName(column, casing),
    tableExpression: (sql, object) => render(sql, object, 'indexes'),
    query: (sql, object) => render(sql, object),
  }
}

function parameterText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  if (typeof value === 'string') return quoteLiteral(value)
  if (value instanceof Date) return quoteLiteral(value.toISOString())
  if (value instanceof Uint8Array) return quoteLiteral(bytesText(value))
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return quoteLiteral(JSON.stringify(value))
  throw new TypeError(`a parameter of type ${value.constructor.name} has no literal form`)
}

/** bytea's hexadecimal text form. */
export function bytesText(bytes: Uint8Array): string {
  return `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function columnName(column: NamedColumn, casing: Casing | undefined): string {
  const { name = '', keyAsName } = column
  if (casing === undefined || keyAsName !== true) return name
  return casing === 'snake_case' ? toSnakeCase(name) : toCamelCase(name)
}

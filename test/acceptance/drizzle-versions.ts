import * as orm from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as orm1 from 'drizzle-orm-1'
import * as pg1 from 'drizzle-orm-1/pg-core'
import type { Drizzle } from './case.ts'

type AnyBuilder = { array: (dimensions?: string) => AnyBuilder }
type AnyTable = { enableRLS: () => unknown }

const withRowSecurity = <T>(table: T): T => (table as unknown as AnyTable).enableRLS() as T

export const drizzle045: Drizzle = {
  version: '0.45',
  pg,
  orm,
  sql: orm.sql,
  matrix: (column) => (column as AnyBuilder).array().array() as typeof column,
  snakeCaseTable: pg.pgTable,
  withRowSecurity,
}

/** Its types differ, what the cases use of it does not. */
export const drizzle1 = {
  version: '1.0',
  pg: pg1,
  orm: orm1,
  sql: orm1.sql,
  matrix: (column: AnyBuilder) => column.array('[][]'),
  snakeCaseTable: pg1.snakeCase.table,
  withRowSecurity,
} as unknown as Drizzle

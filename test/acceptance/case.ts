import type * as orm from 'drizzle-orm'
import type * as core from 'drizzle-orm/pg-core'
import type { AnyPgTable, PgColumnBuilderBase } from 'drizzle-orm/pg-core'

export type Models = Readonly<Record<string, unknown>>

/** What `pgTable()` takes as columns. */
export type Columns = Record<string, PgColumnBuilderBase>

/** One change of the models, tried in both directions. */
export interface Case {
  readonly name: string
  readonly before: Models
  readonly after: Models
  /** Inserted before the upgrade, to prove that it works on tables with rows; and before that of the downgrade. */
  readonly rows?: readonly string[]
  readonly rowsAfter?: readonly string[]
  /** Objects outside the models that both need, such as functions. */
  readonly given?: readonly string[]
  /** Oldest PostgreSQL that can say it. */
  readonly since?: number
  /** What to give to `drizzle()` of 0.45. */
  readonly casing?: 'snake_case'
  /** Answers to «how», by column, where PostgreSQL has no cast. */
  readonly using?: readonly string[]
  /** PostgreSQL spells an expression anew each time it is built, so that its text is no proof: why. */
  readonly respelled?: string
}

/** A version of drizzle-orm, with what both versions can say said in one way. */
export interface Drizzle {
  readonly version: '0.45' | '1.0'
  readonly pg: typeof core
  readonly orm: Pick<typeof orm, 'sql' | 'eq' | 'gt' | 'and' | 'isNull' | 'isNotNull' | 'relations'>
  readonly sql: typeof orm.sql
  /** `column[][]`. */
  readonly matrix: <T>(column: T) => T
  /** A table with snake_case columns: by the case's `casing` in 0.45, by its own constructor in 1.0. */
  readonly snakeCaseTable: typeof core.pgTable
  /** Row security without a policy. */
  readonly withRowSecurity: <T extends AnyPgTable>(table: T) => T
}

export type CaseTable = (drizzle: Drizzle) => readonly Case[]

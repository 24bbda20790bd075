import type { Enum, ObjectName, Policy, SequenceOptions } from './schema.ts'

/**
 * What a database holds of the kinds that models can declare, every text as PostgreSQL itself spells it: the live
 * database, or the shadow built from the models. Names in the default schema carry no `schema`, and texts do not
 * qualify them. Everything is sorted by name but columns (their order in the table) and enum values, so that equal
 * objects are deeply equal.
 */
export interface Snapshot {
  /** PostgreSQL schemas under comparison that exist, without the default one. */
  readonly schemas: readonly string[]
  /** Those of them that hold what models cannot say: never dropped. */
  readonly occupied?: readonly string[]
  readonly enums: readonly Enum[]
  /** Without those behind identity and serial columns. */
  readonly sequences: readonly SequenceSnapshot[]
  readonly tables: readonly TableSnapshot[]
  readonly views: readonly ViewSnapshot[]
  /** Whether the server can give a generated column another expression (PostgreSQL 17). */
  readonly altersExpressions?: true
}

/** Of a database without anything. */
export const emptySnapshot: Snapshot = {
  schemas: [],
  enums: [],
  sequences: [],
  tables: [],
  views: [],
}

export interface SequenceSnapshot extends ObjectName {
  /** `integer`, `bigint` …; models cannot say it, so it is kept but never compared. */
  readonly type: string
  /** All of them, PostgreSQL's defaults filled in. */
  readonly options: Required<SequenceOptions>
  /** Owned by a column that is no serial: models cannot say that, so it is never dropped for being absent from them. */
  readonly owned: boolean
  /** That column. */
  readonly ownedBy?: { readonly table: ObjectName; readonly column: string }
}

export interface TableSnapshot extends ObjectName {
  readonly columns: readonly ColumnSnapshot[]
  readonly constraints: readonly ConstraintSnapshot[]
  /** Without those that a constraint brings along. */
  readonly indexes: readonly IndexSnapshot[]
  readonly policies: readonly PolicySnapshot[]
  readonly rowSecurity: boolean
  /** The tables it inherits from, as models cannot say: what both have is changed in these. */
  readonly inherits?: readonly ObjectName[]
  /** Partitioned or inheriting, which models cannot say: compared where they name it, never dropped. */
  readonly special: boolean
  /** What stands behind its columns where it is made as it is (`PARTITION BY …`); never read for a comparison. */
  readonly clause?: string
  /** Where another tool keeps what it has run: compared where models name it, never dropped. */
  readonly ledger?: true
}

export interface ColumnSnapshot {
  readonly name: string
  /** As format_type() says: `character varying(20)`, `mood`, `auth.mood[]`; of a serial column its integer type. */
  readonly type: string
  /** The enum behind the type, also behind an array of it. */
  readonly enum?: ObjectName
  /** Where it is not the type's own; models cannot say it. */
  readonly collation?: string
  readonly notNull: boolean
  /** SQL expression; none for a serial column. */
  readonly default?: string
  /** SQL expression of a stored generated column. */
  readonly generated?: string
  /** Of a generated column: it is computed when it is read (PostgreSQL 18); models cannot say it. */
  readonly virtual?: true
  readonly identity?: { readonly always: boolean; readonly options: Required<SequenceOptions> }
  /** An integer column with a sequence of its own (owned by it) and exactly that sequence's nextval() as default. */
  readonly serial: boolean
  /** The one behind a serial or identity column; its name is never compared. */
  readonly sequence?: ObjectName
  /** Of a serial column whose sequence has been given others than its own by hand, which models cannot say: all options. */
  readonly serialOptions?: Required<SequenceOptions>
  /** Inherited, and declared by the table itself as well: it outlives the inherited one. */
  readonly ownToo?: true
  /** Columns of the table that `generated` reads. */
  readonly reads: readonly string[]
  /** Enums that its default or its expression mentions beside the one behind its type. */
  readonly mentions?: readonly ObjectName[]
}

export type ConstraintKind = 'primary key' | 'unique' | 'check' | 'foreign key'

export interface ConstraintSnapshot {
  readonly name: string
  readonly kind: ConstraintKind
  /** pg_get_constraintdef() without `NOT VALID` and what models cannot say (`DEFERRABLE`, `MATCH FULL` …): what is compared. */
  readonly definition: string
  /** pg_get_constraintdef() without `NOT VALID`, in full: what brings it back. */
  readonly full: string
  /** True also where the server does not enforce it, and so never validates it. */
  readonly validated: boolean
  /** Columns of its own table, in its order. */
  readonly columns: readonly string[]
  /** Of a foreign key. */
  readonly references?: { readonly table: ObjectName; readonly columns: readonly string[] }
  /** Enums its expression mentions. */
  readonly enums: readonly ObjectName[]
  /** What the one had by hand in whose place it comes, and it has not. Never compared. */
  readonly loses?: readonly string[]
}

export interface IndexSnapshot {
  readonly name: string
  readonly unique: boolean
  /** pg_get_indexdef() from `USING` on, without what models cannot say (`INCLUDE (…)`): what is compared. */
  readonly definition: string
  /** From `USING` on, in full: what brings it back. */
  readonly full: string
  /** False where `full` says what models cannot: never dropped for being absent from them. */
  readonly modelled: boolean
  /** False where a concurrent build was interrupted. */
  readonly valid: boolean
  /** Columns that it reads, its expressions and its predicate included. */
  readonly reads: readonly string[]
  /** Enums its expressions mention. */
  readonly enums: readonly ObjectName[]
  /** As of a constraint. */
  readonly loses?: readonly string[]
}

/** Roles sorted; expressions as pg_get_expr() spells them. */
export interface PolicySnapshot extends Policy {
  /** Relations that its expressions read, its own table included, each with the columns. */
  readonly reads: readonly ReadRelation[]
  /** Enums that its expressions mention. */
  readonly enums?: readonly ObjectName[]
}

export interface ViewSnapshot extends ObjectName {
  readonly materialized: boolean
  /** pg_get_viewdef() without the closing semicolon. */
  readonly query: string
  /** `security_invoker`, `check_option` …, sorted by name. */
  readonly options: Readonly<Record<string, string>>
  readonly reads: readonly ReadRelation[]
  /** Enums that it mentions. */
  readonly enums: readonly ObjectName[]
  /** What goes with it and does not come back: `grants`, `comments`, `triggers`. Never compared. */
  readonly carries?: readonly string[]
  /** Never compared: the query says them. */
  readonly columns?: readonly string[]
  /** Of a materialized view that exists: whether it has been filled. Never compared, but kept when it is made again. */
  readonly populated?: boolean
  /** Those on a materialized view: models cannot say them, so they are never compared, but made again with the view. */
  readonly indexes?: readonly IndexSnapshot[]
}

/** A table or view that an object reads, and which of its columns. */
export interface ReadRelation extends ObjectName {
  readonly columns: readonly string[]
}

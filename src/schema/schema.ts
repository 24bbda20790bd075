/** What a set of Drizzle models, or later a live database, declares. Plain data: equal schemas are deeply equal. */
export interface Schema {
  /** To be created where the server has none of that name; never altered, never dropped. */
  readonly roles: readonly Role[]
  /** PostgreSQL schemas to be created, without the default one. */
  readonly schemas: readonly string[]
  readonly enums: readonly Enum[]
  readonly sequences: readonly Sequence[]
  readonly tables: readonly Table[]
  readonly views: readonly View[]
  /** Views that others manage (`.existing()`): neither created nor compared. */
  readonly existing: readonly ObjectName[]
}

/** A role of the whole server. */
export interface Role {
  readonly name: string
  readonly createDb: boolean
  readonly createRole: boolean
  readonly inherit: boolean
}

/** A name in a PostgreSQL schema; without `schema` it is in the default one and printed unqualified. */
export interface ObjectName {
  readonly schema?: string
  readonly name: string
}

export interface Enum extends ObjectName {
  readonly values: readonly string[]
}

export interface Sequence extends ObjectName {
  readonly options: SequenceOptions
}

/** What is left out is PostgreSQL's own default. Numbers are decimal text, so that bigint fits. */
export interface SequenceOptions {
  readonly increment?: string
  readonly minValue?: string
  readonly maxValue?: string
  readonly start?: string
  readonly cache?: string
  readonly cycle?: boolean
}

export interface Table extends ObjectName {
  readonly columns: readonly Column[]
  readonly primaryKey?: PrimaryKey
  readonly uniques: readonly Unique[]
  readonly checks: readonly Check[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly indexes: readonly Index[]
  readonly policies: readonly Policy[]
  readonly rowSecurity: boolean
}

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly notNull: boolean
  /** SQL expression. */
  readonly default?: string
  /** SQL expression of a generated column, which is stored. */
  readonly generated?: string
  /** It is computed when it is read instead, as models cannot say. */
  readonly virtual?: true
  readonly identity?: Identity
}

/** `sql` is printed as it stands, array brackets included; an enum is ours to qualify and quote. */
export type ColumnType =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'enum'; readonly name: ObjectName; readonly brackets: string }

export interface Identity {
  readonly always: boolean
  readonly sequenceName?: string
  readonly options: SequenceOptions
}

/** Without `name`, PostgreSQL chooses it (`<table>_pkey`). */
export interface PrimaryKey {
  readonly name?: string
  readonly columns: readonly string[]
}

/** Without `name`, PostgreSQL chooses it (`<table>_<column>_key`). */
export interface Unique {
  readonly name?: string
  readonly columns: readonly string[]
  readonly nullsNotDistinct: boolean
}

export interface Check {
  readonly name: string
  /** SQL expression. */
  readonly expression: string
}

export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly foreignTable: ObjectName
  readonly foreignColumns: readonly string[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

export interface Index {
  readonly name: string
  readonly unique: boolean
  readonly method: string
  readonly elements: readonly IndexElement[]
  /** SQL expression of a partial index. */
  readonly where?: string
  readonly storage: Readonly<Record<string, string>>
}

/** An expression carries its own order and operator class, because the model writes them into the SQL. */
export type IndexElement =
  | { readonly kind: 'expression'; readonly expression: string }
  | {
      readonly kind: 'column'
      readonly column: string
      readonly operatorClass?: string
      readonly descending: boolean
      readonly nullsFirst: boolean
    }

export interface Policy {
  readonly name: string
  readonly permissive: boolean
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  /** Role names; empty means PUBLIC. */
  readonly roles: readonly string[]
  readonly using?: string
  readonly withCheck?: string
}

export interface View extends ObjectName {
  readonly materialized: boolean
  /** The SELECT, without a closing semicolon. */
  readonly query: string
  readonly options: Readonly<Record<string, string>>
  readonly accessMethod?: string
  readonly tablespace?: string
  readonly withNoData: boolean
}

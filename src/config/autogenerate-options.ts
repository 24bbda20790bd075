import type { EditOperations } from '../autogenerate/produce.ts'

export type { EditOperations }

/** How models and database are compared, and what becomes of the difference. */
export interface AutogenerateOptions {
  /** Tables, views, enums and sequences to compare: `name` or `schema.name`, `*` matches any run of characters. Default: all. */
  readonly include?: readonly string[] | undefined
  /**
   * Those to leave alone, in the models and in the database; wins over `include`. A part of a table is said with its kind, as
   * `{ kind: 'index', name: 'users.by_hand_*' }` or `index:by_hand_*`. Default: none.
   */
  readonly exclude?: readonly (string | Excluded)[] | undefined
  /** PostgreSQL schemas to compare beside those that models and revisions name. Default: none. */
  readonly schemas?: readonly string[] | undefined
  /** A scratch database to build the models in, rolled back too. Default: the target itself. */
  readonly shadowUrl?: string | undefined
  /** JSON file that keeps what was answered to questions about renames, for the next run. Default: none. */
  readonly hints?: string | undefined
  /** Whether two types mean the same; undefined: as PostgreSQL spells them. */
  readonly compareType?: CompareTexts<string> | undefined
  /** The same of two defaults, as SQL expressions; undefined: no default. */
  readonly compareDefault?: CompareTexts<string | undefined> | undefined
  /** May edit the operations of a revision before they are written; an empty list in both directions writes none. */
  readonly operations?: EditOperations | undefined
}

/** Objects of one kind: `name`, and of a part of a table also `table.name` or `schema.table.name`. */
export interface Excluded {
  readonly kind: (typeof excludedKinds)[number]
  readonly name: string
}

export const excludedKinds = [
  'table',
  'view',
  'enum',
  'sequence',
  'column',
  'index',
  'constraint',
  'policy',
] as const

/** Decides about one column of the database (`before`) and of the models (`after`). */
export type CompareTexts<Text> = (
  before: Text,
  after: Text,
  column: { readonly table: string; readonly column: string },
) => boolean | undefined

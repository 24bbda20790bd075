import type { Enum, ObjectName } from './schema.ts'
import type { MovedPosition } from './sequence-options.ts'
import type {
  ColumnSnapshot,
  ConstraintSnapshot,
  IndexSnapshot,
  PolicySnapshot,
  SequenceSnapshot,
  TableSnapshot,
  ViewSnapshot,
} from './snapshot.ts'

/** What holds rows to a rule: a key, a check, a foreign key. */
export interface Guard {
  readonly table: ObjectName
  readonly part: ConstraintSnapshot | IndexSnapshot
}

/** One schema change as data: what `diff()` returns in the order to run, and what a hook may edit before it is written. */
export type Operation = OperationKind & {
  /** SQL that gives what is made again the comments, grants and so on that it had, and that models cannot say. */
  readonly putBack?: readonly string[]
  /** What of it cannot be given back, in words. */
  readonly notPutBack?: readonly string[]
}

type OperationKind =
  | { readonly kind: 'create schema'; readonly name: string }
  | { readonly kind: 'drop schema'; readonly name: string }
  | { readonly kind: 'create enum'; readonly enum: Enum }
  | { readonly kind: 'drop enum'; readonly enum: Enum }
  | {
      readonly kind: 'add enum value'
      readonly enum: ObjectName
      readonly value: string
      /** Where it goes; at the end without. */
      readonly position?: { readonly where: 'before' | 'after'; readonly value: string }
    }
  | {
      /** Values are removed or reordered: a new type takes the old one's place. */
      readonly kind: 'replace enum'
      readonly before: Enum
      readonly after: Enum
      /** Every column of the type, with its default before and after: it cannot stand while the type changes. */
      readonly columns: readonly EnumColumn[]
    }
  | { readonly kind: 'create sequence'; readonly sequence: SequenceSnapshot }
  | { readonly kind: 'drop sequence'; readonly sequence: SequenceSnapshot }
  | {
      readonly kind: 'alter sequence'
      readonly before: SequenceSnapshot
      readonly after: SequenceSnapshot
    }
  | { readonly kind: 'create table'; readonly table: TableSnapshot }
  | { readonly kind: 'drop table'; readonly table: TableSnapshot }
  | { readonly kind: 'add column'; readonly table: ObjectName; readonly column: ColumnSnapshot }
  | { readonly kind: 'drop column'; readonly table: ObjectName; readonly column: ColumnSnapshot }
  /** Type, default, nullability, identity, serial: one operation a column, so that its statements stay together. */
  | {
      readonly kind: 'alter column'
      readonly table: ObjectName
      readonly before: ColumnSnapshot
      readonly after: ColumnSnapshot
      /** SQL expression for rows that are there, where the type changes; default: a cast. */
      readonly using?: string
      /** Whether `using` is a guess: the downgrade of an expression that only a person could give. */
      readonly isGuess?: boolean
      /** Where its numbers come from another sequence, which goes on where the one before stands. */
      readonly position?: MovedPosition
      /** A sequence by hand of the very name that the one behind the column has on the other side: that takes its place. */
      readonly leftover?: SequenceSnapshot
      /** Whether the column may own sequences that are not behind it. */
      readonly mayOwnOthers?: true
      /** Where the type changes: what the rows are asked again. */
      readonly guards?: readonly Guard[]
    }
  | {
      readonly kind: 'add constraint'
      readonly table: ObjectName
      readonly constraint: ConstraintSnapshot
    }
  | {
      readonly kind: 'drop constraint'
      readonly table: ObjectName
      readonly constraint: ConstraintSnapshot
    }
  | {
      readonly kind: 'validate constraint'
      readonly table: ObjectName
      readonly constraint: ConstraintSnapshot
    }
  | {
      readonly kind: 'rename constraint'
      readonly table: ObjectName
      readonly from: string
      readonly to: string
      /** A primary key or a unique constraint. */
      readonly isKey?: true
    }
  | { readonly kind: 'create index'; readonly table: ObjectName; readonly index: IndexSnapshot }
  | { readonly kind: 'drop index'; readonly table: ObjectName; readonly index: IndexSnapshot }
  | {
      readonly kind: 'rename index'
      readonly table: ObjectName
      readonly from: string
      readonly to: string
    }
  | {
      /** Outside a transaction: the new part is built beside the old one, then takes its place at once. */
      readonly kind: 'swap'
      readonly table: ObjectName
      readonly before: IndexSnapshot | ConstraintSnapshot
      readonly after: IndexSnapshot | ConstraintSnapshot
    }
  | { readonly kind: 'create view'; readonly view: ViewSnapshot }
  | { readonly kind: 'drop view'; readonly view: ViewSnapshot }
  | { readonly kind: 'create policy'; readonly table: ObjectName; readonly policy: PolicySnapshot }
  | { readonly kind: 'drop policy'; readonly table: ObjectName; readonly policy: PolicySnapshot }
  | { readonly kind: 'enable row security'; readonly table: ObjectName }
  | { readonly kind: 'disable row security'; readonly table: ObjectName }
  | { readonly kind: 'rename'; readonly rename: Rename }

/** A column of an enum that is replaced. */
export interface EnumColumn {
  readonly table: ObjectName
  readonly column: string
  /** Brackets of an array type: '' or '[]'. */
  readonly brackets: string
  /** The table that it is inherited from takes it along, or its type is another one: only its default is concerned. */
  readonly isDefaultOnly?: true
  readonly defaultBefore?: string
  readonly defaultAfter?: string
}

/** What a person said was renamed; never guessed. Names are those before all renames of the same run. */
export type Rename =
  | { readonly of: 'schema'; readonly from: string; readonly to: string }
  | {
      readonly of: 'table' | 'view' | 'materialized view' | 'sequence' | 'enum'
      readonly from: ObjectName
      /** May move it to another schema. */
      readonly to: ObjectName
    }
  | {
      readonly of: 'column'
      readonly table: ObjectName
      readonly from: string
      readonly to: string
    }
  | {
      readonly of: 'enum value'
      readonly enum: ObjectName
      readonly from: string
      readonly to: string
    }

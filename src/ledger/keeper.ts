import type { LedgerEntry } from '../script/ledger-entry.ts'

/** A migration as a ledger is told of it. */
export interface KeptMigration {
  readonly entry: LedgerEntry
  /** Its name with words, as the files of some tools have it. */
  readonly message: string
  /** The one before it; null for the first. */
  readonly previous: LedgerEntry | null
}

/** How a tool's ledger is written, as pieces of SQL; `table` is its quoted name. */
export interface Keeper {
  /** Makes the table where it is missing. */
  create(table: string, areFolders: boolean): readonly string[]
  /** Variables of the block that the statements stand in. */
  declare?(table: string): string
  /** Condition for the rows that say that it has run. */
  has(migration: KeptMigration, table: string): string
  /** Whether the tool may have run it before, and runs it again. Default: it never does. */
  isRepeatable?(migration: KeptMigration): boolean
  /** PL/pgSQL that records it; it is not there yet. */
  add(table: string, migration: KeptMigration): string
  /** PL/pgSQL that forgets it. Default: deletes what `has` finds. */
  remove?(table: string, migration: KeptMigration): string
}

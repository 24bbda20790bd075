import type { LedgerEntry } from '../../script/ledger-entry.ts'

/** A migration of another tool, as what a revision is made of. */
export interface ForeignMigration {
  readonly message: string
  /** ISO 8601, or null. */
  readonly created: string | null
  readonly upgrade: string
  /** Null where the tool has none. */
  readonly downgrade: string | null
  readonly transactional: boolean
  readonly ledger: LedgerEntry
  /** What the id is made of. */
  readonly text: string
}

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
  /** Absent where the tool has no ledger of its own to take over. */
  readonly ledger?: LedgerEntry
  /** What the id is made of. */
  readonly text: string
  /** Its place in a graph, where the tool has one; others are a chain. */
  readonly node?: {
    readonly id: string
    readonly parents: readonly string[]
    readonly labels: readonly string[]
    readonly dependsOn: readonly string[]
  }
}

/** A file of another tool's folder that is a migration. */
export interface ForeignFile {
  /** Its name without folder and extension. */
  readonly title: string
  readonly file: string
  /** As the tool's ledger calls it. */
  readonly name: string
  /** The file with its downgrade, where that is one of its own. */
  readonly downFile?: string
}

/** A piece of a migration that the tool runs by itself. */
export interface Section {
  readonly sql: string
  /** Whether the tool runs it in a transaction. */
  readonly inTransaction: boolean
}

/** What of a file is run, in order. */
export interface Sections {
  readonly up: readonly Section[]
  readonly down: readonly Section[]
}

/** Names that stand for values: from the tool's configuration or the environment; undefined where neither has one. */
export type Lookup = (name: string) => string | undefined

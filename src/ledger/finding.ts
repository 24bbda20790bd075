/** What a ledger says of one migration, or of one of its own rows. */
export type LedgerStatus =
  /** Recorded, and the file is what ran. */
  | 'applied'
  /** After everything that is recorded. */
  | 'pending'
  /** Not recorded although later ones are, since its time is not after that of one that ran before it. */
  | 'skipped'
  /** Not recorded although later ones are. */
  | 'not recorded'
  /** Recorded more than once. */
  | 'ran twice'
  /** Recorded, but the file is not what ran. */
  | 'edited'
  /** Begun, and not known to have ended well. */
  | 'failed'
  /** The tool is running, or was interrupted while it was: the rows may not be all. */
  | 'locked'
  /** What a developer has run of a migration that is not committed yet. */
  | 'uncommitted'
  /** A row of the ledger for which there is no file. */
  | 'no file'
  /** A revision of Limbeck's that stands before a recorded migration: no ledger knows of it. */
  | 'not in the ledger'

/** One line of what `doctor` reports. */
export interface LedgerFinding {
  readonly status: LedgerStatus
  /** As the ledger's tool calls it; of a row without a file, what the row says. */
  readonly name: string
  /** Null for a row without a file. */
  readonly revision: string | null
  /** Absolute path, or null. */
  readonly file: string | null
  /** What is wrong, as a sentence, or null. */
  readonly fact: string | null
  /** What to do about it, or null. */
  readonly hint: string | null
}

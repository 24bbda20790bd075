export type HistoryDirection = 'create' | 'upgrade' | 'downgrade' | 'stamp' | 'adopt'

/** One row of the history: what moved, and from where. Who needs a part of it says which with Pick. */
export interface HistoryEntry {
  /** null when rows moved without a revision: stamping base. */
  readonly revision: string | null
  /** `upgrade` and `downgrade` ran the revision; any other word only counted it as applied. */
  readonly direction: HistoryDirection
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  /** Of the file that ran; null where only rows have moved. */
  readonly hash: string | null
  /** Lets older code undo a newer revision; null for a `.ts` revision and an irreversible one. */
  readonly downgradeSql: string | null
  readonly transactional: boolean
  readonly compatible: boolean | null
  /** Fingerprint of the revision files whose head `rowsAfter` is; absent where it is not their head. */
  readonly headOf?: string | undefined
  /** When its transaction began, by the server's clock: the same for all entries that were written together. */
  readonly at: string
}

/** An entry that is to be written: the server says when. */
export type NewHistoryEntry = Omit<HistoryEntry, 'at'>

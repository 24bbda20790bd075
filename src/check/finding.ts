/** What `check` and `lint` found. An `error` fails the command; `skipped` says what could not be looked at. */
export interface Finding {
  /** Which kind of finding: a word of Limbeck's for `check`, the rule's name for `lint`. */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'skipped'
  readonly message: string
  /** What to type or change. */
  readonly hint: string
  readonly revision?: string
  /** Absolute path. */
  readonly file?: string
  /** 1-based. */
  readonly line?: number
}

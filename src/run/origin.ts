import type { Tables } from '../database/tables.ts'
import type { Script } from '../script/script.ts'

/** Where a failure happened; without a script it is Limbeck's own bookkeeping. */
export interface Origin {
  /** What failed, where it is not a revision. Default: recording the step. */
  readonly what?: string
  readonly script?: Script
  readonly direction?: string
  readonly statement?: string
  /** 1-based line of the statement's first token. */
  readonly line?: number
  /** The statement is Limbeck's, on these tables: the file is not to blame. */
  readonly own?: Tables
}

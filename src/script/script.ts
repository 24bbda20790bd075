import type { Revision } from '../revision/revision.ts'
import type { LedgerEntry } from './ledger-entry.ts'

/**
 * What a database that is made from the models does with a revision: `before` runs it before their DDL (extensions,
 * functions, domains that they lean on), `run` after it (rows, functions, triggers), `skip` not at all.
 */
export type FreshUse = 'before' | 'run' | 'skip'

/** A revision plus its file: everything that is known from the file's header, before any body is read. */
export interface Script extends Revision {
  /** Absolute path. */
  readonly file: string
  readonly kind: 'sql' | 'ts'
  /** First line of the header comment: what `history` shows. */
  readonly message: string
  /** ISO 8601, or null when the file does not say. */
  readonly created: string | null
  /** false for `transaction: none`: statements commit one by one and are recorded one by one. */
  readonly transactional: boolean
  /** Why it is irreversible, or null. */
  readonly irreversible: string | null
  /** Whether the previous release can serve on this schema; null when the file does not say. */
  readonly compatible: boolean | null
  /** What create-all does with it; null when the file does not say. */
  readonly fresh: FreshUse | null
  /** Fingerprint of the models at this revision, or null. */
  readonly models: string | null
  /** How another tool's ledger names it; absent for a revision that only Limbeck knows. */
  readonly ledger?: LedgerEntry
  /** The file is drizzle-kit's and read-only: an upgrade without a header comment, cut at its breakpoints. */
  readonly format?: 'drizzle'
}

/** One SQL statement of a body, with the line it came from. */
export interface Statement {
  readonly sql: string
  /** 1-based line of its first token in the file. */
  readonly line: number
  /** Characters of `sql` before that token's line start are never included: `sql` begins with the token itself. */
  readonly kind: StatementKind
  /** `-- rerunnable` stands above it: when it is not known whether it has run, it may run again. */
  readonly rerunnable?: true
}

/** What the runner must know of a statement. `docs/architecture.md` has the table of what becomes of each. */
export type StatementKind =
  | { readonly is: 'plain' }
  /** Sets what holds to the end of the session; a resume runs it again. */
  | { readonly is: 'session' }
  /** Makes what lives as long as the session, and cannot be made again: a temporary table, PREPARE, a cursor WITH HOLD. */
  | { readonly is: 'temporary'; readonly untilCommit: boolean }
  /** Has its meaning within a transaction only: SAVEPOINT, SET LOCAL, LOCK TABLE, DECLARE. */
  | { readonly is: 'inside' }
  | { readonly is: 'transaction'; readonly does: 'begin' | 'commit' | 'rollback' | 'other' }
  /** Gives the migration lock back, or ends the session's state as a whole. */
  | { readonly is: 'unlocks' }
  /** May commit by itself: CALL, DO. */
  | { readonly is: 'call' }
  /** PostgreSQL refuses it in a transaction block. Answers of SQLSTATE `doneBefore` to a second try mean that the first one had its effect. */
  | { readonly is: 'autocommit'; readonly doneBefore?: string }
  /** ALTER TABLE … DETACH PARTITION … CONCURRENTLY: once interrupted, it is finalised. */
  | { readonly is: 'detach'; readonly parent: string; readonly partition: string }
  /** A concurrent index build leaves an INVALID index behind when it is interrupted. */
  | {
      readonly is: 'concurrent-index'
      readonly action: 'create' | 'drop' | 'reindex'
      readonly schema: string | null
      readonly name: string | null
      readonly table: string | null
    }

/** Both bodies of a `.sql` revision and the hash of the whole file. */
export interface SqlBodies {
  readonly upgrade: readonly Statement[]
  readonly downgrade: readonly Statement[]
  /** The downgrade body as written: kept in the history so that older code can undo a newer revision. */
  readonly downgradeSql: string
  readonly hash: string
}

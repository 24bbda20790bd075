import type { Sql } from 'postgres'
import type { SslOption } from './driver/tls.ts'
import type { ServerError } from './server-error.ts'
import type { Endpoint } from './url.ts'

/** Where and as whom to connect; already validated. */
export interface ConnectionTarget {
  readonly url: string
  readonly password?: (() => string | Promise<string>) | undefined
  /** As postgres.js takes it; default: what the URL says. */
  readonly ssl?: SslOption | undefined
  /** One of the URL's servers; default: the first that is wanted. */
  readonly endpoint?: Endpoint
  /** Shown in pg_stat_activity, so that a waiting process can name the one it waits for. */
  readonly applicationName: string
  /** `SET ROLE` before anything else. */
  readonly role?: string | undefined
  /** How long to keep trying, ms; 0 tries once. */
  readonly connectTimeoutMs: number
  /** Read array types from the catalog (one more round trip), for `.ts` revisions. */
  readonly fetchTypes?: boolean
  readonly onNotice?: (notice: {
    readonly severity: string
    readonly message: string
    readonly code: string
  }) => void
  readonly onRetry?: (facts: { readonly error: string; readonly retryInMs: number }) => void
  readonly signal?: AbortSignal | undefined
}

export type Row = Readonly<Record<string, unknown>>

/** One backend, for as long as it lasts: it never reconnects, and says so when it is gone. */
export interface Connection {
  /** postgres.js on this backend. */
  readonly sql: Sql
  /** Process id of the client's session as PostgreSQL (or a pooler) announced it. */
  readonly announcedPid: () => number
  readonly isLost: () => boolean
  /** What PostgreSQL said when it ended the session; undefined where it said nothing. */
  readonly lastWord: () => ServerError | undefined
  /**
   * Rows of one statement, by the simple protocol: it leaves no snapshot behind. With `onRow` rows are handed over as
   * they come, and none is kept; then there may be several statements.
   */
  readonly query: <T extends Row>(
    statement: string,
    onRow?: (row: T) => void,
  ) => Promise<readonly T[]>
  /**
   * As `query`, for a statement of Limbeck's own outside a transaction: its names are looked up in pg_catalog alone, so that
   * a role that may create functions or operators elsewhere cannot have them run.
   */
  readonly ask: Connection['query']
  /** Where it leads. */
  readonly endpoint: Endpoint
  /** Whether a pooler stands between: its backends are shared, so nothing may stay on them. */
  readonly isPooled: boolean
  /** `current_schema()` of the role; null where no schema of its search_path exists. */
  readonly currentSchema: string | null
  /** The role's `search_path`, which RESET brings back; null where a pooler may give another backend's. */
  readonly searchPath: string | null
  /** Opens a transaction, as the role of the options: a command each. */
  readonly begin: readonly string[]
  /** From now on every transaction begins with this statement, too. */
  readonly beginWith: (statement: string) => void
  /** Settles when PostgreSQL passes the next notification on, of whatever this session listens to. */
  readonly notified: () => Promise<void>
  /** What the first statement answered: its rows, or PostgreSQL's error. */
  readonly greeting: readonly Row[] | ServerError
  readonly close: () => Promise<void>
}

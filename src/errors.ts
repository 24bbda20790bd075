/**
 * Every failure a user can cause, by name. The union is closed: a test holds it equal to the README's table,
 * where each code stands with its meaning and what to do.
 */
export type LimbeckErrorCode =
  // the revision graph
  | 'LIMBECK_ILLEGAL_REVISION'
  | 'LIMBECK_DUPLICATE_REVISION'
  | 'LIMBECK_MISSING_PARENT'
  | 'LIMBECK_MISSING_DEPENDENCY'
  | 'LIMBECK_SELF_REFERENCE'
  | 'LIMBECK_CYCLE'
  | 'LIMBECK_DUPLICATE_LABEL'
  // identifiers and plans
  | 'LIMBECK_INVALID_IDENTIFIER'
  | 'LIMBECK_NO_SUCH_REVISION'
  | 'LIMBECK_AMBIGUOUS_REVISION'
  | 'LIMBECK_NO_SUCH_BRANCH'
  | 'LIMBECK_NOT_IN_BRANCH'
  | 'LIMBECK_MULTIPLE_HEADS'
  | 'LIMBECK_AMBIGUOUS_WALK'
  | 'LIMBECK_OUT_OF_RANGE'
  | 'LIMBECK_NOT_RELATED'
  | 'LIMBECK_NOT_APPLIED'
  | 'LIMBECK_NOT_A_HEAD'
  | 'LIMBECK_OVERLAPPING_ROWS'
  // revision files
  | 'LIMBECK_FOLDER_MISSING'
  | 'LIMBECK_FOLDER_EMPTY'
  | 'LIMBECK_INVALID_FILE'
  | 'LIMBECK_SQL_SYNTAX'
  | 'LIMBECK_LOAD_FAILED'
  | 'LIMBECK_FILE_EXISTS'
  | 'LIMBECK_HOOK_FAILED'
  | 'LIMBECK_LINTER_FAILED'
  | 'LIMBECK_EMBEDDED_FAILED'
  | 'LIMBECK_FINDINGS'
  // configuration and models
  | 'LIMBECK_INVALID_OPTION'
  | 'LIMBECK_CONFIG_MISSING'
  | 'LIMBECK_CONFIG_FAILED'
  | 'LIMBECK_DRIZZLE_VERSION'
  | 'LIMBECK_UNSUPPORTED_MODEL'
  // writing revisions and databases from the models
  | 'LIMBECK_DATA_LOSS'
  | 'LIMBECK_RENAME_QUESTION'
  | 'LIMBECK_NO_CAST'
  | 'LIMBECK_NOT_COMPARED'
  | 'LIMBECK_TRIAL_FAILED'
  | 'LIMBECK_NOT_FRESH'
  // many databases
  | 'LIMBECK_FLEET_FRESH'
  | 'LIMBECK_FLEET_FAILED'
  // the server
  | 'LIMBECK_CONNECTION_FAILED'
  | 'LIMBECK_CONNECTION_LOST'
  | 'LIMBECK_AUTHENTICATION_FAILED'
  | 'LIMBECK_DATABASE_MISSING'
  | 'LIMBECK_PERMISSION_DENIED'
  | 'LIMBECK_POOLED_CONNECTION'
  | 'LIMBECK_SERVER_ERROR'
  // running
  | 'LIMBECK_STEP_FAILED'
  | 'LIMBECK_VERSION_CONFLICT'
  | 'LIMBECK_PLAN_CHANGED'
  | 'LIMBECK_INTERRUPTED_CALL'
  | 'LIMBECK_IRREVERSIBLE'
  | 'LIMBECK_EDITED_REVISION'
  | 'LIMBECK_OFFLINE'
  | 'LIMBECK_LOCK_TIMEOUT'
  | 'LIMBECK_CANCELLED'
  // what initDb() refuses
  | 'LIMBECK_LEGACY_DATABASE'
  | 'LIMBECK_LEDGER_UNPROVEN'
  | 'LIMBECK_DATABASE_AHEAD'
  | 'LIMBECK_DATABASE_DIVERGED'
  | 'LIMBECK_FRESH_UNPROVEN'
  | 'LIMBECK_MODELS_AHEAD'
  | 'LIMBECK_NOT_AT_HEAD'
  | 'LIMBECK_WAIT_TIMEOUT'

/** What only a person knows, in a form that a program can answer too. */
export interface Question {
  readonly kind: 'rename' | 'using'
  /** What it is about: `column`, `table`, `enum value` … */
  readonly of: string
  /** Name or type as it is in the database. */
  readonly from: string
  /** What it may have become in the models. */
  readonly to: readonly string[]
  /** Options of the command line, each of which answers it. */
  readonly answers: readonly string[]
}

/** The facts of a failure, each where it applies; all of them are safe to log. */
export interface LimbeckErrorDetails {
  /** What was caught; never re-worded. */
  readonly cause?: unknown
  /** What to type or change next. */
  readonly hint?: string
  readonly revision?: string
  readonly direction?: string
  /** Path of the revision file, as configured. */
  readonly file?: string
  /** 1-based line in `file`. */
  readonly line?: number
  /** The SQL statement that failed. */
  readonly statement?: string
  readonly sqlstate?: string
  /** Statements that mend it, for psql: to be read before they are run. */
  readonly sql?: string
  /** PostgreSQL's DETAIL. */
  readonly detail?: string
  /** Revisions that were committed before the failure, in order. */
  readonly applied?: readonly string[]
  /** Candidates, heads or rows the message speaks of. */
  readonly revisions?: readonly string[]
  /** What would be deleted, in words. */
  readonly losses?: readonly string[]
  /** What has to be answered first. */
  readonly questions?: readonly Question[]
}

/** Where the pages are published: package.json's `homepage` is the same. The package has them too, in `docs/`. */
const SITE = 'https://limbeck-migrations.github.io/limbeck'

/** The only error class: told apart by `code`, carrying the facts as fields. */
export class LimbeckError extends Error {
  override readonly name = 'LimbeckError'
  readonly code: LimbeckErrorCode
  readonly details: Omit<LimbeckErrorDetails, 'cause'>
  /** Address of the page that explains the code: the last thing that is shown of an error. */
  readonly page: string

  constructor(code: LimbeckErrorCode, message: string, details: LimbeckErrorDetails = {}) {
    const { cause, ...facts } = details
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = facts
    this.page = `${SITE}/reference/errors#${code.toLowerCase()}`
  }

  /** What a structured log or `--json` shows: code, message and facts, without stack or cause. */
  toJSON(): { code: LimbeckErrorCode; message: string; page: string } & Omit<
    LimbeckErrorDetails,
    'cause'
  > {
    return { code: this.code, message: this.message, ...this.details, page: this.page }
  }
}

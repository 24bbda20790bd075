import type { ConnectionOptions } from 'node:tls'
import type { Sql } from 'postgres'
import type { LockHolder } from '../database/lock-holder.ts'
import type { RevisionBundle } from '../script/bundle.ts'
import type { AutogenerateOptions } from './autogenerate-options.ts'
import type { FleetOptions } from './fleet-options.ts'
import type { LedgerOption } from './ledger-option.ts'

/**
 * The logger's shape is Fastify's and pino's: facts first, words second.
 * Pass `fastify.log`, a pino instance, or anything with these four methods.
 */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/**
 * The Drizzle models: a module namespace, a function that imports one, or where they are, as drizzle-kit's `schema` has it: a
 * file (`.ts` works), a list of files, a pattern, a folder, or the name of a package.
 */
export type Models =
  | Readonly<Record<string, unknown>>
  | (() => Promise<Readonly<Record<string, unknown>>>)
  | string
  | readonly string[]

/**
 * Where a database is that was migrated without a tool: a query whose first value is looked up in `revisions`, or a function
 * that gives the revision. No value, null and a missing table say nothing.
 */
export type Adopt =
  | { readonly query: string; readonly revisions: Readonly<Record<string, string>> }
  | ((sql: Sql) => Promise<string | null>)

/** What every command and `initDb()` share; also the shape of `limbeck.config.ts`. */
export interface LimbeckOptions {
  /** PostgreSQL URL: where to migrate. Through a transaction pooler set `migrationUrl` too. */
  readonly url: string
  /** A direct URL for migrating, of a role that owns the schema. Default: `url`. */
  readonly migrationUrl?: string | undefined
  /** Asked again for every connection: rotating tokens. Default: the URL's password. */
  readonly password?: (() => string | Promise<string>) | undefined
  /** TLS, as postgres.js takes it: `true` verifies, `'require'` does not, an object is given to `node:tls`. Default: the URL's `sslmode`. */
  readonly ssl?:
    | boolean
    | 'require'
    | 'allow'
    | 'prefer'
    | 'verify-full'
    | ConnectionOptions
    | undefined
  /** `SET ROLE` after connecting. Default: none. */
  readonly role?: string | undefined
  /** Folder or folders of revision files: paths relative to the working directory, or `file:` URLs. Default: `migrations`. */
  readonly migrations?: string | URL | readonly (string | URL)[] | undefined
  /** What `limbeck bundle` has written, in place of `migrations`. Default: none. */
  readonly bundle?: RevisionBundle | undefined
  /**
   * Names of new files, in Alembic's tokens: `%(rev)s`, `%(slug)s`, `%(epoch)s`, `%(year)d`, `%(month).2d`, `%(day).2d`,
   * `%(hour).2d`, `%(minute).2d`, `%(second).2d`. Default: `%(rev)s_%(slug)s`.
   */
  readonly fileTemplate?: string | undefined
  /** IANA name of the time zone that `created` and the names of new files tell the time in. Default: `UTC`. */
  readonly timezone?: string | undefined
  /** Longest slug of a new file, in characters; it is cut back to whole words. Default: 40. */
  readonly slugLength?: number | undefined
  /** Programs to run on every new revision file, in order: formatters, `git add`. Default: none. */
  readonly postWriteHooks?: readonly PostWriteHook[] | undefined
  /** The Drizzle models. Without them a fresh database is built by the chain. */
  readonly models?: Models | URL | undefined
  /** A fresh database: `create` from the models, or run the `chain` from base. Default: `create` when models are given. */
  readonly fresh?: 'create' | 'chain' | undefined
  /** Column name casing given to `drizzle()`. Default: names as written. */
  readonly casing?: 'snake_case' | 'camelCase' | undefined
  /** How models and database are compared. Default: every object, nothing overridden. */
  readonly autogenerate?: AutogenerateOptions | undefined
  /** Target schema. Created when missing and allowed. Default: the connection's own, `current_schema()`. */
  readonly schema?: string | undefined
  /** Default: `limbeck_version`; `alembic_version` takes a Python service's table over as it is. */
  readonly versionTable?: string | undefined
  /** Schema of version, history and progress tables. Default: `schema`. */
  readonly versionSchema?: string | undefined
  /** Tables that do not make a database legacy: names, `*` matches any run of characters. Default: none. */
  readonly ignoreTables?: readonly string[] | undefined
  /**
   * Tells of a database with tables and no version row where it is: for what a service did before it had a tool. Default: none.
   */
  readonly adopt?: Adopt | undefined
  /**
   * Keeps the ledger of the tool that the database comes from in step, in the transaction of each revision, so that a build
   * that still uses the tool finds nothing to do. Its rows are taken over with or without it. Default: none is kept.
   */
  readonly ledger?: LedgerOption | undefined
  /** One transaction a revision (`step`), or one around all of them (`all`). Default: `step`. */
  readonly transaction?: 'step' | 'all' | undefined
  /** How long one statement may queue for a table lock before it is tried again, ms. Default: 500. */
  readonly lockTimeout?: number | undefined
  /** How long to keep trying for table locks, a revision, ms. Default: 600000. */
  readonly lockRetryTimeout?: number | undefined
  /** How long to wait for another process that is migrating, ms. Default: 600000. */
  readonly waitTimeout?: number | undefined
  /** How long to wait for the server at start, ms. Default: 30000. */
  readonly connectTimeout?: number | undefined
  /** Written to the history. Default: none. */
  readonly applicationVersion?: string | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** Aborting cancels the running statement, rolls back and rejects with LIMBECK_CANCELLED. */
  readonly signal?: AbortSignal | undefined
  /** Which schemas or databases `fleet` migrates together. Default: none. */
  readonly fleet?: FleetOptions | undefined
  /** Run around every step. Default: none. */
  readonly hooks?: StepHooks | undefined
  /** Called at every step, wait and retry: what health endpoints and progress lines show. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** A program that is run, without a shell, on a revision file that `revision` or `merge` has just written. */
export interface PostWriteHook {
  /** Looked up on the PATH unless it is a path. */
  readonly command: string
  /** `REVISION_SCRIPT_FILENAME` in them becomes the file's path; without it the path is appended. Default: none. */
  readonly args?: readonly string[] | undefined
  /** Default: the working directory; in `limbeck.config.ts`: the folder of that file. */
  readonly cwd?: string | undefined
}

/** What a hook is told, and the connection it may use. */
export interface HookStep {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly message: string
  /** postgres.js on the step's connection, inside its transaction where it has one. */
  readonly sql: Sql
}

/** Hooks run inside the step's transaction (beside the statements of a `transaction: none` revision); throwing fails the step. */
export interface StepHooks {
  /** Before the body. */
  readonly beforeStep?: ((step: HookStep) => void | Promise<void>) | undefined
  /** After the body, before the step is recorded and committed. */
  readonly afterStep?: ((step: HookStep) => void | Promise<void>) | undefined
}

/** What only booting knows. */
export interface BootOptions extends LimbeckOptions {
  /**
   * `upgrade` migrates; `verify` refuses to start unless at head; `wait` waits until another process
   * has migrated; `off` does not even connect. Default: `upgrade`.
   */
  readonly mode?: 'upgrade' | 'verify' | 'wait' | 'off' | undefined
  /**
   * Tables but no version row: `refuse` names the stamp command; `detect` adopts it as the revision whose schema equals the
   * database, which needs the right to create a scratch database. Default: `refuse`.
   */
  readonly legacy?: 'refuse' | 'detect' | undefined
  /** The database is ahead of this build: `serve` with a warning, `refuse`, or `wait` until it no longer is. Default: `serve`. */
  readonly ahead?: 'serve' | 'refuse' | 'wait' | undefined
  /**
   * The models are others than the head revision leads to: a model changed, and the revision is missing. `warn` compares them
   * once the service may serve, `refuse` before anything is connected to. Default: `warn`.
   */
  readonly modelsAhead?: 'warn' | 'refuse' | undefined
  /**
   * Whether the catalog is compared with what it was when the head was reached, on a connection of its own once the service may
   * serve: `warn` tells of what was changed by hand. The first boot at a head keeps what it finds. Default: `off`.
   */
  readonly drift?: 'off' | 'warn' | undefined
  /** Told of what a boot finds beside its outcome, once the service may serve. Each is logged as a warning too. */
  readonly onFinding?: ((finding: BootFinding) => void) | undefined
}

/** What a boot has found beside its outcome. */
export interface BootFinding {
  /**
   * `edited-file`: an applied revision's file is no longer what has run. `models-ahead`: the models are others than the head
   * revision leads to. `drift`: the catalog is another than when the head was reached.
   */
  readonly code: 'edited-file' | 'models-ahead' | 'drift'
  readonly message: string
  readonly hint: string
  /** Revisions that it speaks of. */
  readonly revisions: readonly string[]
}

/** What initDb() found and did. */
export type Outcome =
  | 'created'
  | 'upgraded'
  | 'current'
  | 'waited'
  | 'resumed'
  | 'adopted'
  | 'ahead'
  | 'off'

/** What `initDb()` returns and logs. */
export interface BootReport {
  readonly outcome: Outcome
  /** Version rows found, sorted. */
  readonly from: readonly string[]
  /** Version rows left, sorted. */
  readonly to: readonly string[]
  /** Revisions that this process has run, in order. */
  readonly applied: readonly string[]
  /** Revisions that the database now stands for without their having run: made from the models, or adopted. */
  readonly stamped: readonly string[]
  /** Time spent waiting for another process, ms. */
  readonly waitedMs: number
  readonly durationMs: number
}

/** Where a run stands. */
export type Progress =
  | { readonly state: 'connecting' }
  | { readonly state: 'waiting'; readonly holder: LockHolder | null; readonly waitedMs: number }
  | { readonly state: 'creating' }
  | {
      readonly state: 'migrating'
      readonly step: string
      readonly direction: 'upgrade' | 'downgrade'
      /** 1-based position among `total`. */
      readonly position: number
      readonly total: number
      /** Rows done by the running backfill, when there is one. */
      readonly rows?: number
    }

import type { LimbeckError } from '../errors.ts'
import type { Migrator } from '../migrator.ts'
import type { Refused } from './alembic-commands.ts'
import type { Io } from './io.ts'
import type { LogLevel } from './log-level.ts'
import type { Paint } from './paint.ts'

/** Every flag of every command, as commander names them; a command sees those that it declares. */
export interface Flags {
  readonly config?: string
  readonly url?: string
  readonly quiet?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
  readonly logLevel?: LogLevel
  readonly format?: string
  readonly models?: boolean
  readonly sql?: boolean
  readonly plan?: boolean
  readonly planFile?: string
  readonly rehearse?: boolean
  readonly message?: string
  readonly head?: string
  readonly splice?: boolean
  readonly branchLabel?: string
  readonly fresh?: string
  readonly dependsOn?: readonly string[]
  readonly revId?: string
  readonly versionPath?: string
  readonly ts?: boolean
  readonly autogenerate?: boolean
  readonly fromDatabase?: boolean
  readonly rename?: readonly string[]
  readonly new?: readonly string[]
  /** False with `--no-renames`. */
  readonly renames?: boolean
  readonly using?: readonly string[]
  readonly usingDown?: readonly string[]
  /** False with `--no-trial`. */
  readonly trial?: boolean
  readonly allowDataLoss?: boolean
  readonly revRange?: string
  readonly indicateCurrent?: boolean
  readonly resolveDependencies?: boolean
  readonly purge?: boolean
  readonly yes?: boolean
  readonly checkHeads?: boolean
  readonly offline?: boolean
  readonly write?: boolean
  readonly database?: boolean
  readonly annotations?: boolean
  readonly since?: string
  readonly all?: boolean
  readonly detect?: boolean
  readonly fromHistory?: boolean
  readonly interrupted?: string
  readonly schemas?: string
  readonly schemasQuery?: string
  readonly databases?: string
  readonly databasesQuery?: string
  readonly urlsFile?: string
  readonly concurrency?: string
  readonly create?: boolean
  readonly into?: string
  readonly withDowngrades?: boolean
  readonly output?: string
}

/** What a command needs beside the configuration, where it is not the database. */
export type Needs = 'files' | 'fleet'

/** What a command runs with. */
export interface CommandContext {
  readonly io: Io
  readonly flags: Flags
  /** Colours for the answer on stdout. */
  readonly paint: Paint
  /**
   * Reads the configuration and loads the library, on first use. A missing URL is an error, unless only `files` are needed,
   * or the configured `fleet` has URLs of its own.
   */
  migrator(needs?: Needs): Promise<Migrator>
  /** A yes-or-no question, or null where no person can answer. */
  readonly ask: ((question: string) => Promise<boolean>) | null
  /** A question whose answer is text, or null where no person can answer. */
  readonly askText: ((question: string, mayBeEmpty?: boolean) => Promise<string>) | null
  /** The index of one of the choices, or null where no person can answer. */
  readonly choose: ((question: string, choices: readonly string[]) => Promise<number>) | null
  /** Keeps a person at a terminal posted; each text replaces the one before. */
  keepPosted(text: string): void
  /** Says something beside the answer, on stderr; silent with `--quiet` and `--json`. */
  say(text: string): void
}

/** What a command found or did: `data` is what `--json` prints, `text` what a person reads. */
export interface CommandAnswer {
  readonly data: unknown
  /** Lines without the last line end; '' prints nothing. */
  readonly text: string
  /** A script for psql: printed as it is, even with `--quiet`. */
  readonly script?: string | undefined
  /** The answer is bad news: printed all the same, then the error on stderr and exit code 1. */
  readonly failure?: LimbeckError | undefined
}

/** One command of the command line: its grammar, its help and what it calls. */
export interface CliCommand {
  readonly name: string
  /** Other spellings that are understood. */
  readonly aliases?: readonly string[]
  readonly summary: string
  /** Arguments in commander's notation, each with its description; the name says how the shell completes it. */
  readonly arguments?: readonly (readonly [
    syntax: string,
    description: string,
    choices?: readonly string[],
  ])[]
  readonly options?: readonly (readonly [flags: string, description: string])[]
  /** Options of which one at most may be given. */
  readonly exclusive?: readonly (keyof Flags)[]
  /** Options that mean something beside another one only: exit 2 without it. */
  readonly requiresFlag?: readonly [other: keyof Flags, options: readonly (keyof Flags)[]]
  /** Options of Alembic's that mean nothing here, each with what to do instead: exit 2. */
  readonly unsupported?: readonly Refused[]
  /** What is wrong with the line as a whole: exit 2. */
  validate?(flags: Flags, args: readonly string[]): string | null
  /** The last line of `--help`. */
  readonly example: string
  run(context: CommandContext, args: readonly string[]): Promise<CommandAnswer>
}

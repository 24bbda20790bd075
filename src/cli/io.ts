import type { Readable, Writable } from 'node:stream'

/** Where text goes: a stream, or what a test puts in its place. */
export interface Output {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** All that the command line knows of the process; only `main.ts` fills it from the real one. */
export interface Io {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Adds to the environment that imported code sees. */
  setVariables?(variables: Io['env']): void
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  /** The answer, and nothing else. */
  readonly stdout: Output
  /** Everything said to a person beside the answer. */
  readonly stderr: Output
  /** The terminal behind it as it is, for lists that are drawn on it; without one, choices are typed by their numbers. */
  readonly terminal?: Writable | undefined
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal?: AbortSignal | undefined
}

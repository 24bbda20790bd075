import type { Readable } from 'node:stream'

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
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal?: AbortSignal | undefined
}

import { PassThrough } from 'node:stream'
import { main } from '../../src/cli/program.ts'

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What the user types; giving it makes all three streams terminals. */
  readonly types?: string
  readonly columns?: number
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The JSON document on stdout. */
  readonly json: () => never
}

/** Runs one command line in this process. */
export async function run(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, env = {}, types, columns = 100 } = options
  const isTTY = types !== undefined
  const stdin = Object.assign(new PassThrough(), { isTTY })
  stdin.end(types ?? '')
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text
    },
  })
  const io = { cwd, env, stdin, stdout: output('stdout'), stderr: output('stderr') }
  const code = await main(argv, io)
  return { code, ...written, json: () => JSON.parse(written.stdout) as never }
}

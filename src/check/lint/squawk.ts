import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { LimbeckError } from '../../errors.ts'
import { requireFrom } from '../../unbundled.ts'

/** What squawk found in a file; lines and columns count from 0. */
export interface SquawkFinding {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly rule_name: string
  readonly message: string
  readonly help: string | null
}

interface SquawkOptions {
  /** A folder of the project that may have squawk-cli. */
  readonly project: string
  readonly inTransaction: boolean
}

/** More would not fit on a command line. */
const filesAtOnce = 500

/** Runs squawk over files of SQL. Throws LIMBECK_LINTER_FAILED when it is not installed or cannot do its work. */
export async function runSquawk(
  files: readonly string[],
  options: SquawkOptions,
  signal: AbortSignal | undefined,
): Promise<readonly SquawkFinding[]> {
  const found: SquawkFinding[] = []
  for (let start = 0; start < files.length; start += filesAtOnce) {
    found.push(...(await runOnce(files.slice(start, start + filesAtOnce), options, signal)))
  }
  return found
}

async function runOnce(
  files: readonly string[],
  { project, inTransaction }: SquawkOptions,
  signal: AbortSignal | undefined,
): Promise<readonly SquawkFinding[]> {
  const program = findSquawk(project)
  const mode = inTransaction ? '--assume-in-transaction' : '--no-assume-in-transaction'
  const args = ['--reporter', 'json', mode, ...files]
  const options = { cwd: project, maxBuffer: 2 ** 30, ...(signal ? { signal } : {}) }
  // It ends with 1 when it has found something.
  const { stdout, stderr } = await promisify(execFile)(program, args, options).catch(
    (error: { readonly stdout?: string; readonly stderr?: string }) => {
      if (signal?.aborted) throw new LimbeckError('LIMBECK_CANCELLED', 'stopped while linting')
      return { stdout: error.stdout ?? '', stderr: error.stderr ?? String(error) }
    },
  )
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new LimbeckError('LIMBECK_LINTER_FAILED', 'squawk did not answer as expected', {
      cause,
      detail: stderr.slice(0, 2_000),
      hint: 'Install the version that Limbeck is tested with: npm i -D squawk-cli@2.',
    })
  }
}

/** The project's own, else the one beside Limbeck. */
function findSquawk(project: string): string {
  const [first, ...others] = [path.join(project, 'package.json'), import.meta.url].map((from) => {
    try {
      const { getBinaryPath } = requireFrom(from)('squawk-cli/js/index.js')
      return { program: String(getBinaryPath()) }
    } catch (cause) {
      return { cause }
    }
  })
  const found = [first, ...others].find((attempt) => attempt?.program !== undefined)
  if (found?.program !== undefined) return found.program
  const cause = others[0]?.cause
  const isMissing = (cause as { code?: string } | undefined)?.code === 'MODULE_NOT_FOUND'
  throw new LimbeckError(
    'LIMBECK_LINTER_FAILED',
    isMissing
      ? 'squawk-cli is not installed'
      : `squawk-cli cannot run: ${(cause as Error).message}`,
    { cause, hint: 'Install the linter of SQL: npm i -D squawk-cli.' },
  )
}

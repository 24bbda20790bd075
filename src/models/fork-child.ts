import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execArgv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { LimbeckError } from '../errors.ts'

/**
 * Starts the module `name`, which stands beside the module `beside` (the caller's `import.meta.url`), in a process of its
 * own. What it prints goes to stderr, since stdout belongs to the command's answer. Sources (tests) are run by jiti, since
 * Node 20 reads no TypeScript.
 */
export function forkEntry(name: string, beside: string): ChildProcess {
  const entry = fileURLToPath(new URL(`${name}${/\.[jt]s(?=$|\?)/.exec(beside) ?? '.js'}`, beside))
  if (!existsSync(entry)) throw leftOut(entry)
  return fork(entry, {
    execArgv: [
      ...loaderFlags(execArgv),
      ...(entry.endsWith('.ts') ? ['--import', 'jiti/register'] : []),
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    ],
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
  })
}

function leftOut(entry: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_LOAD_FAILED',
    `could not read the models in a process of its own: there is no ${entry}`,
    {
      hint: "A bundled service passes the models themselves, models: () => import('./schema.js'), or keeps limbeck out of the bundle (external).",
    },
  )
}

/** Of the flags this process runs with, those that say how modules are found: a debugger's port is taken. */
function loaderFlags(flags: readonly string[]): readonly string[] {
  const alone =
    /^(--(import|require|loader|conditions)=|--experimental-|--(no-)?strip-types|--preserve-symlinks|--max-old-space-size)/
  return flags.flatMap((flag, index) => {
    const value = flags[index + 1]
    if (/^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)$/.test(flag))
      return value === undefined ? [] : [flag, value]
    return alone.test(flag) ? [flag] : []
  })
}

/** Closes the channel, upon which the child ends by itself; one that is busy for longer than `grace` ms is killed. */
export async function endEntry(child: ChildProcess, grace = 1_000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), grace)
  await gone
  clearTimeout(timer)
}

import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import type { PostWriteHook } from '../config/options.ts'
import { LimbeckError } from '../errors.ts'
import { readScript } from '../script/script-directory.ts'

/** In the arguments of a hook: the path of the new file. */
const scriptToken = 'REVISION_SCRIPT_FILENAME'

/**
 * Runs the hooks on a new revision file, one after the other. Throws LIMBECK_HOOK_FAILED, and removes the file, when a
 * program is missing, ends with anything but 0, or leaves behind what is no revision any more.
 */
export async function runPostWriteHooks(
  hooks: readonly PostWriteHook[],
  file: string,
): Promise<void> {
  try {
    for (const hook of hooks) await runHook(hook, file)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

async function runHook({ command, args = [], cwd }: PostWriteHook, file: string): Promise<void> {
  const filled = args.map((arg) => arg.replaceAll(scriptToken, () => file))
  const given = args.some((arg) => arg.includes(scriptToken)) ? filled : [...filled, file]
  const { reason, output, cause } = await runProgram(command, given, cwd)
  if (reason !== null) throw hookFailed(command, reason, { detail: output, cause })
  await readScript(file).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw hookFailed(command, 'left no revision file behind', { detail: message, cause: error })
  })
}

interface Ended {
  /** Null when all went well. */
  readonly reason: string | null
  /** The last of what it printed. */
  readonly output: string
  readonly cause?: unknown
}

/** Without a shell: nothing in a path or a message can be taken for a command. */
function runProgram(
  command: string,
  args: readonly string[],
  cwd: string | undefined,
): Promise<Ended> {
  return new Promise((resolve) => {
    let output = ''
    const keep = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-2000)
    }
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (cause) => {
      resolve({ reason: `cannot be run (${cause.message})`, output, cause })
    })
    child.on('close', (code, signal) => {
      resolve({ reason: code === 0 ? null : `ended with ${code ?? signal}`, output })
    })
  })
}

function hookFailed(
  command: string,
  reason: string,
  facts: { readonly detail: string; readonly cause: unknown },
): LimbeckError {
  return new LimbeckError(
    'LIMBECK_HOOK_FAILED',
    `the post-write hook '${command}' ${reason}; the new file has been removed`,
    { ...facts, hint: 'Correct postWriteHooks in the configuration, or what it runs.' },
  )
}

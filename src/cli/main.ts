#!/usr/bin/env node
import { main } from './program.ts'

/** `limbeck … | head`: the reader has seen enough. That is no failure, and no reason to stop half-way. */
function ignoreClosedPipe(error: NodeJS.ErrnoException) {
  if (error.code !== 'EPIPE') throw error
}
process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

/** How Node reads a TypeScript file is no concern of who typed `limbeck`. */
const isAboutTypeStripping = ({ message }: Error) =>
  /^Module type of file:|type stripping/i.test(message)
const [printWarning] = process.listeners('warning')
process.removeAllListeners('warning').on('warning', (warning) => {
  if (!isAboutTypeStripping(warning)) printWarning?.(warning)
})

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second time the process ends as if there were no handler.
  process.once(signal, () => stopping.abort(new Error(`Stopped by ${signal}.`)))
}

// What the project's own code prints (limbeck.config.ts, revisions, hooks) is no answer.
const { isTTY, columns } = process.stdout
const stdout = { isTTY, columns, write: process.stdout.write.bind(process.stdout) }
process.stdout.write = process.stderr.write.bind(process.stderr)

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  setVariables: (variables) => Object.assign(process.env, variables),
  stdin: process.stdin,
  stdout,
  stderr: process.stderr,
  // A list is drawn by the size of the terminal.
  terminal: process.stderr.columns > 0 ? process.stderr : undefined,
  signal: stopping.signal,
})

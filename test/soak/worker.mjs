// A service's process: boots when it is told to, and again. Plain JavaScript on what is built, as services run it.
import { createInterface } from 'node:readline'
import { createMigrator, initDb } from 'limbeck'

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (facts, message) => say({ log: { level, facts, message } }),
  ]),
)
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())

async function run({ call, args = [], options }) {
  const all = { ...options, logger, signal: stop.signal }
  const start = Date.now()
  try {
    const report = call === 'initDb' ? await initDb(all) : await createMigrator(all)[call](...args)
    say({ report, ms: Date.now() - start })
  } catch (error) {
    const known = error?.name === 'LimbeckError'
    say({
      error: known ? error.toJSON() : { code: 'UNCODED', message: String(error?.stack ?? error) },
      ms: Date.now() - start,
    })
    process.exitCode = known ? 1 : 70
  }
  if (stop.signal.aborted) jobs.close()
}

const jobs = createInterface({ input: process.stdin })
say({ ready: true })
for await (const line of jobs) await run(JSON.parse(line))
// Nothing else may keep the process: it ends by itself.
process.stdin.destroy()

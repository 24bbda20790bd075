import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer } from '../support/server.ts'
import { formatResult, newReport } from './report.ts'
import type { Size } from './scenario.ts'
import { scenarios } from './scenarios.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const names = argv.filter((argument) => !argument.startsWith('--'))
  const flags = new Map<string, string>()
  for (const flag of argv.filter((argument) => argument.startsWith('--'))) {
    const [name = '', value = ''] = flag.split('=')
    flags.set(name, value)
  }
  const unknown = names.filter((name) => !(name in scenarios))
  if (unknown.length > 0 || [...flags.keys()].some((flag) => !['--ci', '--seed'].includes(flag))) {
    console.error(
      `Usage: npm run soak -- [SCENARIO…] [--ci] [--seed=N]\nScenarios: ${Object.keys(scenarios).join(' ')}`,
    )
    return 2
  }
  const size: Size = flags.has('--ci') ? 'ci' : 'full'
  const seed = Number(flags.get('--seed') || Date.now() % 1_000_000)
  return await soak(names.length > 0 ? names : Object.keys(scenarios), size, seed)
}

/** Carries the scenarios out, one after the other; 1 when anything was not as promised. */
async function soak(names: readonly string[], size: Size, seed: number): Promise<number> {
  const server = await startServer()
  console.log(`PostgreSQL: ${server.source}; size ${size}; seed ${seed}; Node ${process.version}`)
  let isClean = true
  try {
    for (const name of names) {
      const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-soak-'))
      await chmod(folder, 0o755)
      const report = newReport((line) => console.log(`  ! ${line}`))
      const start = Date.now()
      const print = () => {
        console.log(`== ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
        for (const line of formatResult(report.result)) console.log(`  ${line}`)
      }
      // Stopped in the middle: what was done so far counts.
      const stop = async () => {
        print()
        await server.stop()
        process.exit(130)
      }
      process.once('SIGINT', stop).once('SIGTERM', stop)
      try {
        await scenarios[name]?.(size, report, { serverUrl: server.url, folder, seed })
      } catch (error) {
        report.unexplained('the scenario itself failed', String((error as Error).stack))
      }
      process.off('SIGINT', stop).off('SIGTERM', stop)
      print()
      isClean &&= report.result.unexplained.length === 0
      await rm(folder, { recursive: true, force: true })
    }
  } finally {
    await server.stop()
  }
  return isClean ? 0 : 1
}

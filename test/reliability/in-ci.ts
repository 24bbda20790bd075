import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inject } from 'vitest'
import { newReport, type Result } from '../soak/report.ts'
import type { Scenario } from '../soak/scenario.ts'

/** One for all runs: two of one commit try the same, and end alike. `npm run soak` looks at others. */
const seed = 261_127

/** Carries a scenario of the soak out at its modest size, on the run's server. */
export async function inCi(scenario: Scenario): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-reliability-'))
  await chmod(folder, 0o755)
  const report = newReport()
  try {
    await scenario('ci', report, { serverUrl: inject('serverUrl'), folder, seed })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const { result } = report
  return { ...result, unexplained: result.unexplained.map((line) => `seed ${seed}: ${line}`) }
}

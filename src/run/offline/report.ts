import type { Config } from '../../config/resolve-config.ts'
import { applySteps } from '../../revision/apply-step.ts'
import type { Direction, Step } from '../../revision/revision.ts'
import type { Revisions } from '../../script/revisions.ts'
import type { RunReport } from '../run-report.ts'
import { offlineScript } from './script.ts'

/** What `upgrade --sql` and `downgrade --sql` return: the script, and where it leads. Throws as offlineScript() does. */
export async function offlineReport(
  config: Config,
  revisions: Revisions,
  direction: Direction,
  from: readonly string[],
  steps: readonly Step[],
): Promise<RunReport> {
  const sql = await offlineScript(config, revisions, from, steps)
  const to = ([...applySteps(revisions.map, from, steps)].at(-1)?.rows ?? from).toSorted()
  return { direction, kind: 'sql', from, to, applied: [], waitedMs: 0, sql }
}

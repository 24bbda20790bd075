import type { Config } from '../config/resolve-config.ts'
import { parseTarget } from '../revision/identifier.ts'
import { offlineRange } from '../revision/offline.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { resolve } from '../revision/resolve.ts'
import { describePlan, onlyApproved } from '../run/approved-plan.ts'
import { offlineReport } from '../run/offline/report.ts'
import { runCommand } from '../run/run-command.ts'
import type { Plan } from '../run/run-plan.ts'
import { type RunOptions, type RunReport, runKind } from '../run/run-report.ts'
import type { Revisions } from '../script/revisions.ts'

export interface UpgradeOptions extends RunOptions {
  /** Any identifier; with `sql` also `start:end`. */
  readonly target: string
}

/**
 * Runs what is pending up to the target, under the migration lock; `applied` is empty when nothing is. Throws what
 * planUpgrade() throws, LIMBECK_PLAN_CHANGED, LIMBECK_STEP_FAILED with `applied`, LIMBECK_EDITED_REVISION, LIMBECK_LOCK_TIMEOUT.
 */
export async function upgrade(
  config: Config,
  revisions: Revisions,
  { target, ...options }: UpgradeOptions,
): Promise<RunReport> {
  const { map } = revisions
  const kind = runKind(options)
  // A target that names nothing is told before the database is asked anything.
  if (kind !== 'sql' && parseTarget(target).kind === 'symbol') resolve(map, target)
  if (kind !== 'sql') {
    const { approved, interrupted } = options
    const plan: Plan = (rows) => planUpgrade(map, rows, target)
    const checked = approved === undefined ? plan : onlyApproved(revisions, approved, plan)
    const report = await runCommand({ ...config, interrupted }, revisions, 'upgrade', checked, kind)
    if (kind !== 'plan') return report
    return { ...report, plan: await describePlan(revisions, target, report) }
  }
  const { rows, target: end } = offlineRange(map, 'upgrade', target)
  return await offlineReport(config, revisions, 'upgrade', rows, planUpgrade(map, rows, end))
}

import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { offlineRange } from '../revision/offline.ts'
import { planDowngrade } from '../revision/plan-downgrade.ts'
import { undoCount } from '../revision/plan-undo.ts'
import { offlineReport } from '../run/offline/report.ts'
import { undoNewest } from '../run/plan-undo-from-history.ts'
import { type RebuiltRevision, undoRebuilt, withRebuilt } from '../run/rebuild-from-history.ts'
import { runCommand } from '../run/run-command.ts'
import type { Plan } from '../run/run-plan.ts'
import { type RunOptions, type RunReport, runKind } from '../run/run-report.ts'
import type { Revisions } from '../script/revisions.ts'
import { rowsOf } from '../session/read-rows.ts'

export interface DowngradeOptions extends RunOptions {
  /** Any identifier, or `-N` for the N revisions applied last; with `sql` it must be `start:end`. */
  readonly target: string
  /**
   * Also undo revisions of a newer build, which this one has no file of, by the SQL that the history keeps; with `sql` the
   * target is no range then, since the rows are read. Default: false.
   */
  readonly fromHistory?: boolean | undefined
  /**
   * With `fromHistory`: what a plan has shown as `rebuilt` and a person has agreed to. Where the history says anything else by
   * now, nothing is run. Default: whatever it says is run.
   */
  readonly agreed?: readonly RebuiltRevision[] | undefined
}

/**
 * Undoes what is applied above the target, under the migration lock; `applied` is empty when nothing is. `-N` alone goes
 * by the history, across merge points and branches (see planUndo). Throws what planDowngrade() and planUndo() throw,
 * LIMBECK_IRREVERSIBLE before anything runs, LIMBECK_STEP_FAILED with `applied`.
 */
export async function downgrade(
  given: Config,
  revisions: Revisions,
  { fromHistory = false, ...options }: DowngradeOptions,
): Promise<RunReport> {
  const config = { ...given, interrupted: options.interrupted }
  if (fromHistory)
    return await withRebuilt(config, revisions, (all, rebuilt) =>
      downgradeRebuilt(config, all, rebuilt, options),
    )
  const { target } = options
  const { map } = revisions
  const kind = runKind(options)
  if (kind !== 'sql') {
    const plan: Plan = (rows) => planDowngrade(map, rows, target)
    return await runCommand(
      config,
      revisions,
      'downgrade',
      byCount(revisions, target) ?? plan,
      kind,
    )
  }
  const { rows, target: end } = offlineRange(map, 'downgrade', target)
  return await offlineReport(config, revisions, 'downgrade', rows, planDowngrade(map, rows, end))
}

async function downgradeRebuilt(
  config: Config,
  revisions: Revisions,
  rebuilt: readonly RebuiltRevision[],
  { target, agreed, ...options }: DowngradeOptions,
): Promise<RunReport> {
  const kind = runKind(options)
  const plan = (rows: readonly string[]) =>
    undoRebuilt(revisions, rebuilt, rows, (left) => planDowngrade(revisions.map, left, target))
  const report =
    kind === 'sql'
      ? await planOffline(config, revisions, plan)
      : await runCommand(
          config,
          revisions,
          'downgrade',
          onlySeen(byCount(revisions, target) ?? plan, rebuilt, agreed),
          kind,
        )
  const undone = new Set(report.applied.map(({ revision }) => revision))
  const shown = kind === 'sql' ? rebuilt : rebuilt.filter((each) => undone.has(each.revision))
  return {
    ...report,
    rebuilt: shown.map(({ revision, downgradeSql }) => ({ revision, downgradeSql })),
  }
}

/** Who may write to the history must not change what runs between the question and the answer. */
function onlySeen(
  plan: Plan,
  found: readonly RebuiltRevision[],
  agreed: readonly RebuiltRevision[] | undefined,
): Plan {
  if (!agreed) return plan
  const shown = new Map(agreed.map(({ revision, downgradeSql }) => [revision, downgradeSql]))
  return async (...given) => {
    const steps = await plan(...given)
    const planned = new Set(steps.map(({ revision }) => revision))
    const unseen = found.find(
      ({ revision, downgradeSql }) => planned.has(revision) && shown.get(revision) !== downgradeSql,
    )
    if (unseen) throw changedSince(unseen.revision)
    return steps
  }
}

function changedSince(revision: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_VERSION_CONFLICT',
    `the history no longer says of revision ${revision} what was agreed to`,
    { revision, hint: 'Nothing was run. Run the command again, and read what it shows.' },
  )
}

async function planOffline(
  config: Config,
  revisions: Revisions,
  plan: (rows: readonly string[]) => ReturnType<typeof planDowngrade>,
): Promise<RunReport> {
  const rows = await rowsOf(config)
  return await offlineReport(config, revisions, 'downgrade', rows, plan(rows))
}

function byCount(revisions: Revisions, target: string): Plan | null {
  const count = undoCount(target)
  return count === null ? null : undoNewest(revisions, count)
}

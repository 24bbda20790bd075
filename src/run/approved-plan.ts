import { isDeepStrictEqual } from 'node:util'
import { LimbeckError } from '../errors.ts'
import { applySteps } from '../revision/apply-step.ts'
import type { Step } from '../revision/revision.ts'
import { hashRevision } from '../script/hash.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Plan } from './run-plan.ts'

/** What an upgrade would do, in a form that can be kept, approved, and held against what it would do later. */
export interface ApprovedPlan {
  readonly target: string
  /** Version rows before, sorted. */
  readonly from: readonly string[]
  /** Version rows after, sorted. */
  readonly to: readonly string[]
  readonly steps: readonly ApprovedStep[]
}

export interface ApprovedStep {
  readonly revision: string
  readonly message: string
  /** Of what runs, as in the history. */
  readonly hash: string
}

export async function describePlan(
  revisions: Revisions,
  target: string,
  {
    from,
    to,
    applied,
  }: { readonly from: readonly string[]; readonly to: readonly string[] } & {
    readonly applied: readonly { readonly revision: string; readonly message: string }[]
  },
): Promise<ApprovedPlan> {
  const steps: ApprovedStep[] = []
  for (const { revision, message } of applied)
    steps.push({ revision, message, hash: await hashOf(revisions, revision) })
  return { target, from, to, steps }
}

/**
 * A plan that leads to what was approved and to nothing else: the same steps, of the same files, from the same rows. Where a run
 * of it was interrupted, what is left of it is approved too. Throws LIMBECK_PLAN_CHANGED.
 */
export function onlyApproved(revisions: Revisions, approved: ApprovedPlan, plan: Plan): Plan {
  return async (rows, ...others) => {
    const steps = await plan(rows, ...others)
    if (steps.length === 0) return steps
    const done = approved.steps.length - steps.length
    for (const [at, { revision }] of steps.entries()) {
      const expected = approved.steps[done + at]
      if (expected?.revision !== revision)
        throw changed(
          revision,
          `${revision} would run ${expected ? `before ${expected.revision}` : 'and is not in it'}`,
        )
      if (expected.hash !== (await hashOf(revisions, revision)))
        throw changed(revision, `the file of ${revision} is another one`)
    }
    const expected = rowsAfter(revisions, approved, done)
    if (isDeepStrictEqual(rows.toSorted(), expected.toSorted())) return steps
    const names = (ids: readonly string[]) => ids.join(', ') || 'base'
    throw changed(undefined, `the database is at ${names(rows)} and not at ${names(expected)}`)
  }
}

/** Version rows when so many steps of the plan are done. */
function rowsAfter(
  { map }: Revisions,
  { from, steps }: ApprovedPlan,
  done: number,
): readonly string[] {
  const first = steps
    .slice(0, done)
    .map(({ revision }): Step => ({ direction: 'upgrade', revision }))
  return [...applySteps(map, from, first)].at(-1)?.rows ?? from
}

async function hashOf({ scripts }: Revisions, id: string): Promise<string> {
  const script = scripts.get(id)
  return script === undefined ? '' : hashRevision(script.kind, await readText(script.file))
}

function changed(revision: string | undefined, what: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_PLAN_CHANGED',
    `the plan has changed since it was approved: ${what}`,
    {
      ...(revision === undefined ? {} : { revision }),
      hint: 'Nothing was run. Write the plan again with `npx limbeck upgrade --plan --plan-file <file>`, and have it approved.',
    },
  )
}

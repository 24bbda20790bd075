import type { FleetMember } from '../config/fleet-options.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { parseTarget } from '../revision/identifier.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import type { Step } from '../revision/revision.ts'
import { overlapping } from '../revision/traverse.ts'
import { type CompiledStep, charactersOf } from '../run/compile-step.ts'
import { type Prepare, prepareChecked } from '../run/prepare-checked.ts'
import { preparedFrom } from '../run/prepare-steps.ts'
import { type Revisions, requireRevisions } from '../script/revisions.ts'

/** A run of a fleet: what all members have in common. Most of them are in the same state, so what follows from a state is kept. */
export interface Fleet {
  readonly config: Config
  readonly revisions: Revisions
  readonly target: string
  /** Nothing is beyond the target. */
  readonly isWhole: boolean
  readonly create: boolean
  readonly isPlan: boolean
  readonly concurrency: number
  readonly onMember: (member: FleetMember) => void
  /** The steps from these rows to the target, or null where these files do not know the rows. */
  readonly pending: (rows: readonly string[]) => readonly Step[] | null
  readonly prepare: Prepare
}

/** Throws LIMBECK_INVALID_IDENTIFIER for a target that depends on where each member is, and as planUpgrade() does. */
export function createFleet(
  config: Config,
  revisions: Revisions,
  target: string,
  how: Pick<Fleet, 'create' | 'isPlan' | 'concurrency' | 'onMember'>,
): Fleet {
  const { map } = revisions
  requireRevisions(revisions, config.folders)
  const parsed = parseTarget(target)
  if (parsed.kind === 'relative' && parsed.word === null)
    throw new LimbeckError(
      'LIMBECK_INVALID_IDENTIFIER',
      `'${target}' is another revision for each member of a fleet`,
      { hint: 'Name the revision, or leave it out: heads.' },
    )
  const isWhole = planUpgrade(map, [], target).length === map.nodes.size
  const plans = new Map<string, readonly Step[] | null>()
  const pending: Fleet['pending'] = (rows) => {
    const key = rows.join()
    const known = plans.get(key)
    if (known !== undefined) return known
    const steps = rows.every((row) => map.nodes.has(row)) ? planUpgrade(map, rows, target) : null
    plans.set(key, steps)
    return steps
  }
  return { config, revisions, target, isWhole, ...how, pending, prepare: prepareOnce() }
}

/** The version rows when these revisions have been run from `rows`, sorted. */
export function rowsAfter(
  { revisions }: Fleet,
  rows: readonly string[],
  applied: readonly string[],
): readonly string[] {
  if (applied.length === 0) return rows
  const all = [...new Set([...rows, ...applied])]
  const below = new Set(overlapping(revisions.map, all))
  return all.filter((id) => !below.has(id)).toSorted()
}

/** Characters of bodies that are kept for the next member. */
const keptCharacters = 8 * 1024 * 1024

/** Steps that were read, split and checked for one member serve all others in its state. */
function prepareOnce(): Prepare {
  const kept = new Map<string, Promise<readonly CompiledStep[] | null>>()
  let characters = 0
  const compile = async (...given: Parameters<Prepare>) => {
    const steps: CompiledStep[] = []
    for await (const step of (await prepareChecked(...given)).compiled()) {
      characters += charactersOf(step)
      if (characters > keptCharacters) return null
      steps.push(step)
    }
    return steps
  }
  return async (session, revisions, rows, planned) => {
    const key = rows.join()
    const known = kept.get(key) ?? compile(session, revisions, rows, planned)
    kept.set(key, known)
    const steps = await known
    return steps ? preparedFrom(steps) : prepareChecked(session, revisions, rows, planned)
  }
}

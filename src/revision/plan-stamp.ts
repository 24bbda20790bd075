import { LimbeckError } from '../errors.ts'
import { parseIdentifier } from './identifier.ts'
import { lineageOf, resolve } from './resolve.ts'
import type { StampStep } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'
import { knownRows } from './rows.ts'
import { ancestorsOrSelf, descendantsOrSelf, overlapping } from './traverse.ts'

/** How to stamp. */
export interface PlanStampOptions {
  /** Start from an empty table whatever the rows say: the caller deletes them. Default false. */
  readonly purge?: boolean
}

/**
 * The moves that make the rows name the targets, running nothing; empty when they do already. Rows unrelated to any
 * target stay, unless another row includes them; `base` removes related rows. Throws as `resolve` does, LIMBECK_OVERLAPPING_ROWS when one target is
 * an ancestor of another, LIMBECK_OUT_OF_RANGE for a `-N` that names nothing.
 */
export function planStamp(
  map: RevisionMap,
  rows: readonly string[],
  targets: readonly string[],
  { purge = false }: PlanStampOptions = {},
): readonly StampStep[] {
  const current = purge ? [] : knownRows(map, rows)
  const texts = targets.length > 0 ? targets : ['base']
  const affected = affectedRows(map, current, texts)
  const goals = [...new Set(texts.flatMap((text) => stampTargets(map, text)))]
  refuseOverlap(map, goals)
  // A row that is a target itself stays as it is.
  const moving = affected.filter((row) => !goals.includes(row))
  const moves =
    goals.length === 0
      ? affected.map((row) => stamp([row], [], false))
      : goals.filter((id) => !current.includes(id)).map((id) => stampTo(map, moving, id))
  // Rows of other lines that overlapped before must not be what a stamp leaves behind.
  const others = overlapping(
    map,
    current.filter((row) => !affected.includes(row)),
  )
  return moves.length === 0 || others.length === 0 ? moves : [...moves, stamp(others, [], false)]
}

const stamp = (from: readonly string[], to: readonly string[], up: boolean): StampStep => ({
  direction: 'stamp',
  from,
  to,
  up,
})

/** One move for all rows at once: up from below or down from above, else a row of its own. */
function stampTo(map: RevisionMap, moving: readonly string[], id: string): StampStep {
  const above = descendantsOrSelf(map, [id])
  if (moving.some((row) => above.has(row))) return stamp(moving, [id], false)
  const below = ancestorsOrSelf(map, [id])
  return stamp(moving.some((row) => below.has(row)) ? moving : [], [id], true)
}

/** Rows in the lineage of a target, dependencies included. */
function affectedRows(
  map: RevisionMap,
  rows: readonly string[],
  texts: readonly string[],
): readonly string[] {
  if (rows.length === 0) return []
  const lineages = texts.map((text) => lineageOf(map, text, 'all'))
  return rows.filter((row) => lineages.some((related) => related === null || related.has(row)))
}

/** What the text names. Only `base` may name nothing: a `-N` that leads nowhere would empty the table. */
function stampTargets(map: RevisionMap, text: string): readonly string[] {
  const ids = resolve(map, text)
  if (ids.length > 0 || !/^-\d+$/u.test(parseIdentifier(text).symbol)) return ids
  throw new LimbeckError('LIMBECK_OUT_OF_RANGE', `no revision to stamp matches '${text}'`, {
    hint: "Name the revision, or 'base' to empty the table.",
  })
}

function refuseOverlap(map: RevisionMap, goals: readonly string[]): void {
  const covered = overlapping(map, goals)
  if (covered.length === 0) return
  const others = goals.filter((id) => !covered.includes(id))
  throw new LimbeckError(
    'LIMBECK_OVERLAPPING_ROWS',
    `cannot stamp ${goals.join(' and ')}: ${covered.join(', ')} is already included in ${others.join(', ')}`,
    { revisions: covered, hint: `Run \`npx limbeck stamp ${others.join(' ')}\`.` },
  )
}

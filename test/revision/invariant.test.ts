import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyChanges,
  applySteps,
  buildRevisionMap,
  LimbeckError,
  planDowngrade,
  planStamp,
  planUpgrade,
  type Revision,
  type RevisionMap,
  type StampStep,
  type Step,
} from '../../src/revision/index.ts'
import { seeded } from '../support/seeded.ts'

/** A graph whose parents and dependencies may be redundant, loaded in any order. */
const graphs: fc.Arbitrary<readonly Revision[]> = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 2 })), {
    minLength: 1,
    maxLength: 14,
  })
  .map((nodes) =>
    nodes.map(([parents, dependencies], index) => {
      const ids = (picks: readonly number[]) =>
        index === 0 ? [] : [...new Set(picks.map((pick) => `r${pick % index}`))]
      return { id: `r${index}`, parents: ids(parents), dependsOn: ids(dependencies), labels: [] }
    }),
  )
  .chain((revisions) => fc.shuffledSubarray(revisions, { minLength: revisions.length }))

/** Picks are taken modulo what there is to choose from. */
const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('upgrade', 'downgrade', 'stamp', 'up', 'down'),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 12 },
)

const allParents = (map: RevisionMap, id: string) => map.nodes.get(id)?.allParents ?? []

function ancestors(map: RevisionMap, ids: Iterable<string>): Set<string> {
  const reached = new Set(ids)
  for (const id of reached) for (const parent of allParents(map, id)) reached.add(parent)
  return reached
}

function maximal(map: RevisionMap, applied: ReadonlySet<string>): readonly string[] {
  const covered = new Set([...applied].flatMap((id) => allParents(map, id)))
  return [...applied].filter((id) => !covered.has(id)).sort()
}

function plan(
  map: RevisionMap,
  rows: readonly string[],
  applied: ReadonlySet<string>,
  { kind, picks }: { kind: string; picks: readonly number[] },
): readonly (Step | StampStep)[] {
  const ids = [...map.nodes.keys()]
  const pick = (from: readonly string[]) => from[(picks[0] ?? 0) % from.length]
  if (kind === 'stamp')
    return planStamp(
      map,
      rows,
      picks.map((each) => ids[each % ids.length] ?? ''),
    )
  if (kind === 'upgrade') return planUpgrade(map, rows, pick([...ids, 'heads']) ?? '')
  if (kind === 'downgrade') return planDowngrade(map, rows, pick([...ids, 'base']) ?? '')
  // One step in an order that no plan would choose.
  const free = ids.filter(
    (id) => !applied.has(id) && allParents(map, id).every((p) => applied.has(p)),
  )
  const revision = pick(kind === 'up' ? free : rows)
  const direction = kind === 'up' ? 'upgrade' : 'downgrade'
  return revision === undefined ? [] : [{ direction, revision }]
}

function orRefused<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof LimbeckError) return null
    throw error
  }
}

test('after every step the rows are exactly the maximal elements of the applied set', () => {
  const property = fc.property(graphs, actions, (revisions, sequence) => {
    const map = buildRevisionMap(revisions)
    let rows: readonly string[] = []
    let applied = new Set<string>()
    for (const action of sequence) {
      const steps = orRefused(() => plan(map, rows, applied, action)) ?? []
      for (const { step, rows: next, changes } of applySteps(map, rows, steps)) {
        if (step.direction === 'stamp') applied = ancestors(map, next)
        else if (step.direction === 'upgrade') applied.add(step.revision)
        else applied.delete(step.revision)
        expect([...next].sort()).toEqual(maximal(map, applied))
        expect(ancestors(map, applied)).toEqual(applied)
        expect(next).toEqual(applyChanges(rows, changes))
        rows = next
      }
    }
  })
  fc.assert(property, { ...seeded, numRuns: 500 })
})

test('an upgrade to heads applies all, and a downgrade to base removes all, from wherever it starts', () => {
  const property = fc.property(graphs, fc.array(fc.nat(), { maxLength: 3 }), (revisions, picks) => {
    const map = buildRevisionMap(revisions)
    const ids = [...map.nodes.keys()]
    const start = maximal(
      map,
      ancestors(
        map,
        picks.map((each) => ids[each % ids.length] ?? ''),
      ),
    )
    const end = (steps: readonly Step[]) => [...applySteps(map, start, steps)].at(-1)?.rows ?? start
    expect([...end(planUpgrade(map, start, 'heads'))].sort()).toEqual(
      [...map.effectiveHeads].sort(),
    )
    expect(end(planDowngrade(map, start, 'base'))).toEqual([])
  })
  fc.assert(property, { ...seeded, numRuns: 500 })
})

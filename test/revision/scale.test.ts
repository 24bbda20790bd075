import { expect, test } from 'vitest'
import {
  applySteps,
  buildRevisionMap,
  planUpgrade,
  type Revision,
} from '../../src/revision/index.ts'

/** Branches off a trunk, each merged back before the next begins, or all left open. */
function branches(count: number, length: number, merge: boolean): readonly Revision[] {
  const revisions: Revision[] = []
  const add = (...parents: string[]) => {
    const id = `r${revisions.length}`
    revisions.push({ id, parents, dependsOn: [], labels: [] })
    return id
  }
  let trunk = add()
  for (let branch = 0; branch < count; branch++) {
    let tip = trunk
    for (let step = 0; step < length; step++) tip = add(tip)
    trunk = add(trunk)
    if (merge) trunk = add(trunk, tip)
  }
  return revisions
}

test.each([
  ['merged', true],
  ['open', false],
])('10,000 revisions with 500 %s branches are no work', (_, merge) => {
  const revisions = branches(500, 18, merge)
  const start = process.cpuUsage()
  const map = buildRevisionMap(revisions)
  const steps = planUpgrade(map, [], 'heads')
  const moves = [...applySteps(map, [], steps)]
  const { user } = process.cpuUsage(start)
  expect(moves).toHaveLength(revisions.length)
  // Microseconds of CPU, which a busy machine does not stretch: far above what it takes, far below what anything quadratic would.
  expect(user).toBeLessThan(2_000_000)
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { createMigrator, LimbeckError, type Migrator } from '../../src/index.ts'
import type { CaseRevision } from '../conformance/case.ts'
import { writeGraph } from '../conformance/files.ts'
import { oracleOf } from '../conformance/invariant.ts'
import { type Lane, openLane, putRows, readTrace, type Trace } from '../conformance/lane.ts'
import { seeded } from '../support/seeded.ts'

/** A graph whose parents and dependencies may be redundant, loaded in any order. */
const graphs: fc.Arbitrary<readonly CaseRevision[]> = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 2 })), {
    minLength: 3,
    maxLength: 9,
  })
  .map((nodes) =>
    nodes.map(([parents, dependencies], index) => {
      const ids = (picks: readonly number[]) =>
        index === 0 ? [] : [...new Set(picks.map((pick) => `r${pick % index}`))]
      return { id: `r${index}`, down: ids(parents), dependsOn: ids(dependencies), labels: [] }
    }),
  )
  .chain((revisions) => fc.shuffledSubarray(revisions, { minLength: revisions.length }))

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('upgrade', 'upgrade', 'downgrade', 'undo', 'stamp'),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 2, maxLength: 8 },
)

type Action = typeof actions extends fc.Arbitrary<(infer T)[]> ? T : never

/** Runs one command; a refusal with a code is an answer too. */
async function perform(migrator: Migrator, ids: readonly string[], { kind, picks }: Action) {
  const pick = (from: readonly string[], by = picks[0] ?? 0) => from[by % from.length] ?? ''
  try {
    if (kind === 'stamp') return await migrator.stamp(picks.map((by) => pick([...ids, 'base'], by)))
    if (kind === 'undo') return await migrator.downgrade(`-${1 + ((picks[0] ?? 0) % 3)}`)
    if (kind === 'downgrade') return await migrator.downgrade(pick([...ids, 'base']))
    return await migrator.upgrade(pick([...ids, 'heads']))
  } catch (error) {
    if (error instanceof LimbeckError) return null
    throw error
  }
}

/** What the lines of a command say is applied after it; each has to come from where the one before ended. */
function follow(
  graph: readonly CaseRevision[],
  before: ReadonlySet<string>,
  lines: Trace['history'],
): ReadonlySet<string> {
  const { ancestorsOrSelf, maximal } = oracleOf(graph)
  let applied = new Set(before)
  for (const { revision, direction, rows_before, rows_after } of lines) {
    if (direction === 'stamp') {
      applied = ancestorsOrSelf(rows_after)
      continue
    }
    expect(rows_before.toSorted()).toEqual(maximal(applied))
    expect(applied.has(revision ?? '')).toBe(direction === 'downgrade')
    if (direction === 'upgrade') applied.add(revision ?? '')
    else applied.delete(revision ?? '')
    expect(rows_after.toSorted()).toEqual(maximal(applied))
    expect(ancestorsOrSelf(applied)).toEqual(applied)
  }
  return applied
}

async function check(
  lane: Lane,
  folder: string,
  graph: readonly CaseRevision[],
  sequence: readonly Action[],
) {
  await writeGraph(folder, graph)
  await putRows(lane, { name: '', kind: '', graph, expect: {} })
  const migrator = createMigrator({ url: lane.url, migrations: folder })
  const { maximal } = oracleOf(graph)
  let applied: ReadonlySet<string> = new Set()
  let before = await readTrace(lane)
  for (const action of sequence) {
    const ids = graph.map(({ id }) => id)
    const report = await perform(migrator, ids, action)
    const trace = await readTrace(lane)
    const lines = trace.history.slice(before.history.length)
    const bodies = trace.bodies.slice(before.bodies.length)
    applied = follow(graph, applied, lines)
    expect(trace.rows).toEqual(maximal(applied))
    if (report === null) expect(lines).toEqual([])
    else expect(report.to.toSorted()).toEqual(trace.rows)
    const steps = report !== null && 'applied' in report ? report.applied : []
    const signed = steps.map(({ revision, direction }) => [direction, revision])
    const ran = bodies.map((body) => [body[0] === '+' ? 'upgrade' : 'downgrade', body.slice(1)])
    expect(ran).toEqual(signed)
    if (action.kind !== 'stamp')
      expect(lines.map(({ revision, direction }) => [direction, revision])).toEqual(signed)
    before = trace
  }
}

test('whatever the order of commands on a database, rows, history and bodies tell the same, one line a step', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'limbeck-property-'))
  const lane = await openLane(inject('serverUrl'), root)
  let runs = 0
  try {
    const property = fc.asyncProperty(graphs, actions, (graph, sequence) =>
      check(lane, path.join(root, String(runs++)), graph, sequence),
    )
    await fc.assert(property, { ...seeded, numRuns: 30, interruptAfterTimeLimit: 12_000 })
  } finally {
    await lane.close()
    await rm(root, { recursive: true, force: true })
  }
})

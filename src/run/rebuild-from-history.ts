import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Config } from '../config/resolve-config.ts'
import { readProgressRecord } from '../database/progress-table.ts'
import { type AppliedEntry, readAppliedEntries } from '../database/read-history.ts'
import { applySteps } from '../revision/apply-step.ts'
import type { Step } from '../revision/revision.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { appliedSet } from '../revision/rows.ts'
import { ancestorsOrSelf } from '../revision/traverse.ts'
import type { Revisions } from '../script/revisions.ts'
import { loadRevisions } from '../script/revisions.ts'
import { type Session, withSession } from '../session/session.ts'

/** A revision that this build has no file of, as the history tells of it. */
export interface RebuiltRevision {
  readonly revision: string
  /** What undoes it; null where the history does not keep it: it cannot be undone here. */
  readonly downgradeSql: string | null
}

/** An id becomes a file's name: what another role may have written into the table must not lead out of the folder. */
const isName = /^[\p{L}\p{N}_.]+$/u

/**
 * A line that Limbeck cannot have written so undoes nothing: SQL is kept of a file that ran, whose hash stands beside it,
 * and an upgrade puts its revision among rows that did not hold it.
 */
function fits({ direction, revision, rowsBefore, rowsAfter, hash, at }: AppliedEntry): boolean {
  if (at === begun) return true
  if (!/^[0-9a-f]{64}$/.test(hash ?? '')) return false
  if (direction !== 'upgrade') return true
  return rowsAfter.includes(revision) && !rowsBefore.includes(revision)
}

/** The time of a step that was interrupted. */
const begun = 'begun'

/**
 * Rebuilds the files of the newer build's revisions from the history, in a folder that is gone afterwards: they can
 * only be undone, like any others. `work` is given these files with them, and those that were rebuilt, newest first. Throws what connecting and reading files throws.
 */
export async function withRebuilt<T>(
  config: Config,
  { map }: Revisions,
  work: (revisions: Revisions, rebuilt: readonly RebuiltRevision[]) => Promise<T>,
): Promise<T> {
  const lines = await withSession(config, readLines)
  const foreign = lines
    .filter(({ revision }) => !map.nodes.has(revision) && isName.test(revision))
    .map((line) => (fits(line) ? line : { ...line, downgradeSql: null }))
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-from-history-'))
  try {
    for (const line of foreign)
      await writeFile(
        path.join(folder, `${line.revision}_from_history.sql`),
        textOf(
          line,
          parentsOf(map, line, lines).filter((id) => isName.test(id)),
        ),
      )
    const rebuilt = new Set(foreign.map(({ revision }) => revision))
    const loaded = await loadRevisions([...config.folders, folder])
    return await work({ ...loaded, rebuilt }, foreign.toReversed())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is applied, and last what was begun and interrupted. */
async function readLines({ config, connection }: Session): Promise<readonly AppliedEntry[]> {
  const lines = await readAppliedEntries(connection, config.tables)
  const record = await readProgressRecord(connection, config.tables).catch(() => null)
  if (record === null || lines.some(({ revision }) => revision === record.revision)) return lines
  const { revision, downgradeSql, rowsBefore } = record
  const rows = { rowsBefore, rowsAfter: [revision] }
  return [
    ...lines,
    {
      revision,
      direction: 'upgrade',
      ...rows,
      hash: null,
      downgradeSql,
      transactional: false,
      at: begun,
    },
  ]
}

/** The steps that undo what was rebuilt, then what `plan` says of the rows that are left. */
export function undoRebuilt(
  { map }: Revisions,
  rebuilt: readonly RebuiltRevision[],
  rows: readonly string[],
  plan: (rows: readonly string[]) => readonly Step[],
): readonly Step[] {
  const applied = appliedSet(map, rows)
  const steps = rebuilt
    .filter(({ revision }) => applied.has(revision))
    .map(({ revision }): Step => ({ direction: 'downgrade', revision }))
  const left = [...applySteps(map, rows, steps)].at(-1)?.rows ?? rows
  return [...steps, ...plan(left)]
}

function textOf(
  { revision, downgradeSql, transactional }: AppliedEntry,
  parents: readonly string[],
): string {
  const head = [
    `-- ${revision} of a newer build`,
    '--',
    `-- revision: ${revision}`,
    `-- revises: ${parents.join(', ')}`,
    ...(transactional ? [] : ['-- transaction: none']),
    ...(downgradeSql === null ? ['-- irreversible: the history does not keep what undoes it'] : []),
  ]
  return `${head.join('\n')}\n\n-- +upgrade\n\n-- +downgrade\n${downgradeSql ?? ''}\n`
}

/**
 * What its row replaced. An upgrade recorded it; of revisions that were stamped together only the order is known, and
 * each counts as built upon the one before.
 */
function parentsOf(
  map: RevisionMap,
  line: AppliedEntry,
  lines: readonly AppliedEntry[],
): readonly string[] {
  if (line.direction === 'upgrade')
    return line.rowsBefore.filter((row) => !line.rowsAfter.includes(row))
  const together = lines.filter(
    ({ at, direction }) => at === line.at && direction === line.direction,
  )
  const earlier = together.slice(0, together.indexOf(line)).map(({ revision }) => revision)
  const last = earlier.at(-1)
  if (last !== undefined && !map.nodes.has(last)) return [last]
  const known = [...earlier, ...line.rowsBefore].filter((id) => map.nodes.has(id))
  return known.filter(
    (id) => !known.some((other) => other !== id && ancestorsOrSelf(map, [other]).has(id)),
  )
}

import type { Interrupted } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { type LineageEntry, recordedLineage } from '../revision/lineage.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { pendingRevisions } from '../revision/rows.ts'
import { ancestorsOrSelf } from '../revision/traverse.ts'

/** What is known of a database before anything is decided. */
export interface Facts {
  /** Version rows; null when there is no version table. */
  readonly rows: readonly string[] | null
  readonly interrupted: Interrupted | null
  /** A person has stamped base: that there are no rows is known, and no guess. */
  readonly isStampedBase: boolean
  /** Tables that the service or a person made in the target schema. */
  readonly userTables: readonly string[]
  /** The newest history entry of every revision. */
  readonly records: ReadonlyMap<string, LineageEntry & { readonly compatible: boolean | null }>
}

/** Rows of a newer build, beneath which all of this build is applied. */
export interface Ahead {
  readonly is: 'ahead'
  /** Rows, and a step that was interrupted, that no file here tells of. */
  readonly unknown: readonly string[]
  /** All that is applied, or begun, and has no file here. */
  readonly newer: readonly string[]
  /** Those that this build cannot work on. */
  readonly breaking: readonly string[]
}

/** Rows of a build that is not this one's successor. */
export interface Diverged {
  readonly is: 'diverged'
  readonly unknown: readonly string[]
  /** Heads of this build that were never applied. */
  readonly missing: readonly string[]
  /** No revision is common at all: another service's rows. */
  readonly isForeign: boolean
}

/** Another tool's ledger says where the database is, beyond what the version rows say. */
export interface Recorded {
  readonly is: 'recorded'
  /** The tool and its table, in words. */
  readonly ledger: string
  /** Version rows that it stands for, sorted. */
  readonly to: readonly string[]
}

/** The states of a database, as initDb() tells them apart. */
export type DatabaseState =
  | { readonly is: 'fresh' }
  | { readonly is: 'legacy'; readonly tables: readonly string[] }
  | Ahead
  | Diverged
  | { readonly is: 'interrupted'; readonly step: Interrupted }
  | Recorded
  | { readonly is: 'behind'; readonly pending: readonly string[] }
  | { readonly is: 'current' }

/**
 * Decides the state from facts alone. Throws LIMBECK_NO_SUCH_REVISION for a row that neither these files nor the
 * history know: such a database cannot be migrated by any build.
 */
export function classify(map: RevisionMap, facts: Facts): DatabaseState {
  const { rows, interrupted, userTables } = facts
  const unknown = (rows ?? []).filter((row) => !map.nodes.has(row))
  const phantoms = unknown.filter((row) => !facts.records.has(row))
  if (phantoms.length > 0) throw noSuchRevision(map, phantoms)
  const begun = interrupted && !map.nodes.has(interrupted.revision) ? [interrupted.revision] : []
  if (unknown.length + begun.length > 0) return aheadOrDiverged(map, facts, [...unknown, ...begun])
  if (interrupted) return { is: 'interrupted', step: interrupted }
  if ((rows === null || rows.length === 0) && !(facts.isStampedBase && userTables.length > 0))
    return userTables.length === 0 ? { is: 'fresh' } : { is: 'legacy', tables: userTables }
  const pending = pendingRevisions(map, rows ?? [])
  return pending.length === 0 ? { is: 'current' } : { is: 'behind', pending }
}

/** The heads that are not applied where these revisions are. */
function headsWithout(map: RevisionMap, revisions: readonly string[]): readonly string[] {
  const applied = ancestorsOrSelf(map, revisions)
  return map.effectiveHeads.filter((head) => !applied.has(head))
}

/** The heads that, as far as the history tells, are not applied in a database with these rows. */
export function missingHeads(
  map: RevisionMap,
  rows: readonly string[],
  records: Facts['records'],
): readonly string[] {
  const recorded = [...recordedLineage(rows, records)]
  return headsWithout(
    map,
    recorded.filter((id) => map.nodes.has(id)),
  )
}

function aheadOrDiverged(
  map: RevisionMap,
  { rows, interrupted, records }: Facts,
  unknown: readonly string[],
): Ahead | Diverged {
  const recorded = recordedLineage(rows ?? [], records)
  const known = [...recorded].filter((id) => map.nodes.has(id))
  const missing = headsWithout(map, known)
  if (missing.length > 0) return { is: 'diverged', unknown, missing, isForeign: known.length === 0 }
  const finished = [...recorded].filter((id) => !map.nodes.has(id))
  const newer = [...new Set([...finished, ...unknown])]
  const isBreaking = (id: string) =>
    id === interrupted?.revision
      ? (interrupted.compatible ?? records.get(id)?.compatible) === false
      : records.get(id)?.compatible === false
  return { is: 'ahead', unknown, newer, breaking: newer.filter(isBreaking) }
}

/** Whether version rows are exactly the head: the question of every boot, answered without anything else. */
export function isAtHead(
  map: RevisionMap,
  state: { readonly rows: readonly string[] | null; readonly interrupted: Interrupted | null },
): boolean {
  const { rows, interrupted } = state
  if (rows === null || interrupted !== null) return false
  return rows.length > 0 && rows.join() === map.effectiveHeads.toSorted().join()
}

/** Throws LIMBECK_MULTIPLE_HEADS with the merge command when there is more than one target. */
export function requireOneHead(map: RevisionMap): void {
  const heads = map.effectiveHeads
  if (heads.length <= 1) return
  throw new LimbeckError(
    'LIMBECK_MULTIPLE_HEADS',
    `the revision files have ${heads.length} heads: ${heads.join(', ')}`,
    {
      revisions: heads,
      hint: `Join them: \`npx limbeck merge ${heads.join(' ')} -m "merge branches"\`.`,
    },
  )
}

function noSuchRevision(map: RevisionMap, rows: readonly string[]): LimbeckError {
  const meant = [...map.nodes.keys()].filter((id) => rows.some((row) => id.startsWith(row)))
  return new LimbeckError(
    'LIMBECK_NO_SUCH_REVISION',
    `the version table says ${rows.map((row) => JSON.stringify(row)).join(', ')}, which no revision file and no history entry contains`,
    {
      revision: rows[0] ?? '',
      revisions: rows,
      hint: `Find out what state the database is in, then: \`npx limbeck stamp --purge ${meant.join(' ') || '<revision>'}\`.`,
    },
  )
}

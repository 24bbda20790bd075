import type { Interrupted } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { pendingRevisions } from '../revision/rows.ts'

/** What is known of a database before anything is decided. */
export interface Facts {
  /** Version rows; null when there is no version table. */
  readonly rows: readonly string[] | null
  readonly interrupted: Interrupted | null
  /** Tables that somebody made in the target schema. */
  readonly userTables: readonly string[]
  /** Revisions that the history has a line of. */
  readonly recorded: ReadonlySet<string>
}

/** The states of a database, as initDb() tells them apart. */
export type DatabaseState =
  | { readonly is: 'fresh' }
  | { readonly is: 'legacy'; readonly tables: readonly string[] }
  | { readonly is: 'ahead'; readonly unknown: readonly string[] }
  | { readonly is: 'interrupted'; readonly step: Interrupted }
  | { readonly is: 'behind'; readonly pending: readonly string[] }
  | { readonly is: 'current' }

/**
 * Decides the state from facts alone. Throws LIMBECK_NO_SUCH_REVISION for a row that neither these files nor the
 * history know: such a database is nobody's to migrate.
 */
export function classify(map: RevisionMap, facts: Facts): DatabaseState {
  const { rows, interrupted, userTables } = facts
  const unknown = (rows ?? []).filter((row) => !map.nodes.has(row))
  const phantom = unknown.find((row) => !facts.recorded.has(row))
  if (phantom !== undefined) throw noSuchRevision(map, phantom)
  if (interrupted && !map.nodes.has(interrupted.revision))
    return { is: 'ahead', unknown: [...unknown, interrupted.revision] }
  if (unknown.length > 0) return { is: 'ahead', unknown }
  if (interrupted) return { is: 'interrupted', step: interrupted }
  if (rows === null || rows.length === 0)
    return userTables.length === 0 ? { is: 'fresh' } : { is: 'legacy', tables: userTables }
  const pending = pendingRevisions(map, rows)
  return pending.length === 0 ? { is: 'current' } : { is: 'behind', pending }
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

/** Throws LIMBECK_MULTIPLE_HEADS with the merge command when there is more than one place to go. */
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

function noSuchRevision(map: RevisionMap, row: string): LimbeckError {
  const meant = [...map.nodes.keys()].filter((id) => id.startsWith(row))
  return new LimbeckError(
    'LIMBECK_NO_SUCH_REVISION',
    `the version table says ${JSON.stringify(row)}, which no revision file and no line of the history knows`,
    {
      revision: row,
      revisions: meant,
      hint: `Find out what state the database is in, then: \`npx limbeck stamp --purge ${meant[0] ?? '<revision>'}\`.`,
    },
  )
}

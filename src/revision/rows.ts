import { LimbeckError } from '../errors.ts'
import type { RevisionMap } from './revision-map.ts'
import { ancestorsOrSelf, nodeOf } from './traverse.ts'

/**
 * The rows of the version table, each once. A row is a whole id: throws LIMBECK_NO_SUCH_REVISION for one that is
 * not, with those rows in `details.revisions`.
 */
export function knownRows(map: RevisionMap, rows: readonly string[]): readonly string[] {
  const unknown = rows.filter((row) => !map.nodes.has(row))
  const [first] = unknown
  if (first === undefined) return [...new Set(rows)]
  throw new LimbeckError(
    'LIMBECK_NO_SUCH_REVISION',
    `the version table names ${unknown.map((row) => `'${row}'`).join(', ')}, which no revision file here has`,
    {
      revision: first,
      revisions: unknown,
      hint: 'Run the code that has this revision, or repair the table with `npx limbeck stamp --purge <revision>`.',
    },
  )
}

/** Every applied revision: the rows and their ancestors. Throws LIMBECK_NO_SUCH_REVISION for an unknown row. */
export function appliedSet(map: RevisionMap, rows: readonly string[]): ReadonlySet<string> {
  return ancestorsOrSelf(map, knownRows(map, rows))
}

/** What an upgrade to `heads` would still apply, in load order. Throws LIMBECK_NO_SUCH_REVISION for an unknown row. */
export function pendingRevisions(map: RevisionMap, rows: readonly string[]): readonly string[] {
  const applied = appliedSet(map, rows)
  return [...map.nodes.keys()].filter((id) => !applied.has(id))
}

/**
 * What `current` shows, in load order: the tip of every line that is applied, also where its row is implied by a
 * dependent's. Throws LIMBECK_NO_SUCH_REVISION for an unknown row.
 */
export function currentRevisions(map: RevisionMap, rows: readonly string[]): readonly string[] {
  const applied = appliedSet(map, rows)
  const isTip = (id: string) => !nodeOf(map, id).children.some((child) => applied.has(child))
  return [...map.nodes.keys()].filter((id) => applied.has(id) && isTip(id))
}

/** Returns when nothing is pending. Throws LIMBECK_NOT_AT_HEAD, or LIMBECK_NO_SUCH_REVISION for an unknown row. */
export function requireHeads(map: RevisionMap, rows: readonly string[]): void {
  const pending = pendingRevisions(map, rows)
  if (pending.length === 0) return
  throw new LimbeckError(
    'LIMBECK_NOT_AT_HEAD',
    `the database is not at head: ${pending.length} revision${pending.length === 1 ? ' is' : 's are'} pending`,
    { revisions: pending, hint: 'Run `npx limbeck upgrade heads`.' },
  )
}

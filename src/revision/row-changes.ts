import { LimbeckError } from '../errors.ts'
import type { RowChange } from './revision.ts'

/** The changes that take rows away and put others in: as few as possible, an update where both happen. */
export function rowChanges(
  removed: readonly string[],
  added: readonly string[],
): readonly RowChange[] {
  const from = removed.at(-1)
  const to = added.at(-1)
  const moves = from !== undefined && to !== undefined
  return [
    ...(moves ? added.slice(0, -1) : added).map(
      (version) => ({ kind: 'insert', version }) as const,
    ),
    ...(moves ? removed.slice(0, -1) : removed).map(
      (version) => ({ kind: 'delete', version }) as const,
    ),
    ...(moves ? [{ kind: 'update', from, to } as const] : []),
  ]
}

/**
 * The rows after the changes: what the version table does, on a list. Throws LIMBECK_VERSION_CONFLICT when an update
 * or delete does not hit exactly one row, or when an insert or update finds its row already there.
 */
export function applyChanges(
  rows: readonly string[],
  changes: readonly RowChange[],
): readonly string[] {
  const next = [...rows]
  for (const change of changes) {
    if (change.kind !== 'delete') {
      const version = change.kind === 'insert' ? change.version : change.to
      if (next.includes(version)) throw versionConflict(rows, `${version} is already there`)
      if (change.kind === 'insert') next.push(version)
      else next[indexOfOnly(rows, next, change.from)] = version
    } else {
      next.splice(indexOfOnly(rows, next, change.version), 1)
    }
  }
  return next
}

function indexOfOnly(rows: readonly string[], next: readonly string[], version: string): number {
  const index = next.indexOf(version)
  if (index === -1) throw versionConflict(rows, `${version} is not there`)
  if (next.indexOf(version, index + 1) !== -1) {
    throw versionConflict(rows, `${version} is there more than once`)
  }
  return index
}

/** The rows are not what the step was planned for. */
export function versionConflict(rows: readonly string[], reason: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_VERSION_CONFLICT',
    `the version table does not fit the step: ${reason}`,
    {
      revisions: rows,
      hint: 'Look at `npx limbeck current`: another process may have migrated. Then run again.',
    },
  )
}

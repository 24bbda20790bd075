import { nameOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import { isKey } from '../parts.ts'
import type { ObjectName } from '../schema.ts'
import type { ConstraintSnapshot } from '../snapshot.ts'

/** What is left to do for a constraint that stays: its name, and the rows it was never checked on. */
export function changedName(
  table: ObjectName,
  [before, after]: readonly [ConstraintSnapshot, ConstraintSnapshot],
): readonly Operation[] {
  const operations: Operation[] = []
  if (before.name !== after.name)
    operations.push({
      kind: 'rename constraint',
      table: nameOf(table),
      from: before.name,
      to: after.name,
      ...(isKey(after) && { isKey: true }),
    })
  if (!before.validated && after.validated)
    operations.push({ kind: 'validate constraint', table: nameOf(table), constraint: after })
  return operations
}

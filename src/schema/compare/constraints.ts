import { type Change, isReplaced, type TableChange } from '../change.ts'
import { parentsFirst, parentsOf } from '../inheritance.ts'
import { columnKey, nameOf, sortedBy } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ConstraintSnapshot, TableSnapshot } from '../snapshot.ts'
import { changedName } from './changed-name.ts'

/** Primary keys, uniques and checks of tables that stay; new tables bring theirs along. */
export function compareConstraints(change: Change): readonly Operation[] {
  // A check that a table has for itself as well goes only once the inherited one has.
  return parentsFirst(change).flatMap((table) => compareIn(table, change))
}

function compareIn(changed: TableChange, change: Change): readonly Operation[] {
  const { from, to, constraints } = changed
  const isOurs = ({ kind }: ConstraintSnapshot) => kind !== 'foreign key'
  const isGone = ({ columns }: ConstraintSnapshot) =>
    columns.some((column) => change.lostColumns.has(columnKey(from, column)))
  const pairs = constraints.pairs.filter(([constraint]) => isOurs(constraint))
  const rebuilt = pairs.filter(([before]) => isGone(before) || isCheckRebuilt(change, from, before))
  const kept = pairs.filter((pair) => !rebuilt.includes(pair))
  const removed = [...constraints.removed.filter(isOurs), ...rebuilt.map(([before]) => before)]
  const added = [...constraints.added.filter(isOurs), ...rebuilt.map(([, after]) => after)]
  const table = nameOf(to)
  return [
    ...sortedBy(removed, ({ name }) => name)
      // DROP COLUMN takes them along.
      .filter((constraint) => !isGone(constraint))
      .map((constraint): Operation => ({ kind: 'drop constraint', table, constraint })),
    ...kept
      .filter((pair) => !isRenamedAbove(changed, change, pair))
      .flatMap((pair) => changedName(to, pair)),
    ...inOrder(added).map(
      (constraint): Operation => ({ kind: 'add constraint', table, constraint }),
    ),
  ]
}

/** A check that the table inherits and has for itself as well takes its new name from the table above. */
function isRenamedAbove(
  table: TableChange,
  change: Change,
  [before, after]: readonly [ConstraintSnapshot, ConstraintSnapshot],
): boolean {
  return parentsOf(change, table).some(({ constraints }) =>
    constraints.pairs.some(
      ([old, now]) =>
        before.kind === 'check' &&
        old.name !== now.name &&
        old.name === before.name &&
        now.name === after.name,
    ),
  )
}

/** A check is not translated by PostgreSQL when its enum is replaced, nor always when a column is recast. */
function isCheckRebuilt(
  change: Change,
  table: TableSnapshot,
  { kind, columns, enums }: ConstraintSnapshot,
): boolean {
  if (kind !== 'check') return false
  return (
    enums.some((type) => isReplaced(change, type)) ||
    columns.some((column) => change.recastColumns.has(columnKey(table, column)))
  )
}

function inOrder(constraints: readonly ConstraintSnapshot[]): readonly ConstraintSnapshot[] {
  const kinds = ['primary key', 'unique', 'check']
  return sortedBy(constraints, ({ kind, name }) => `${kinds.indexOf(kind)} ${name}`)
}

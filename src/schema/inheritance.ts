import type { Change, TableChange } from './change.ts'
import { dependenciesFirst } from './dependencies-first.ts'
import { isSame, keyOf, nameOf } from './names.ts'
import type { ColumnSnapshot } from './snapshot.ts'
import { typeChange } from './type-change.ts'

/** The tables of both sides, each after those it inherits from: what changes there has changed here. */
export function parentsFirst({ changed }: Pick<Change, 'changed'>): readonly TableChange[] {
  if (changed.every(({ from }) => from.inherits === undefined)) return changed
  const named = changed.map((table) => ({ ...nameOf(table.to), table }))
  return dependenciesFirst(named, ({ table }) => (table.from.inherits ?? []).map(keyOf)).map(
    ({ table }) => table,
  )
}

/** Changes of the tables that a table inherits from. */
export function parentsOf(change: Pick<Change, 'changed'>, { from }: TableChange) {
  const { inherits = [] } = from
  return inherits.length === 0
    ? []
    : change.changed.filter((other) => inherits.some((name) => isSame(name, other.from)))
}

/** The column as the changes of the tables that it is inherited from leave it. */
export function afterParents(
  parents: readonly TableChange[],
  column: ColumnSnapshot,
): ColumnSnapshot {
  return parents.reduce((done, { columns }) => {
    const pair = columns.common.find(([before]) => before.name === column.name)
    if (pair === undefined) return done
    const [before, after] = pair
    const { enum: _enum, default: _default, collation: _collation, ...rest } = done
    const isRetyped = before.type !== after.type || before.collation !== after.collation
    const typed = isRetyped ? after : done
    // The default makes way for the new type, here as well.
    const isReset =
      before.default !== undefined && (typeChange(before, after)?.how ?? 'assigned') !== 'assigned'
    const value = before.default === after.default && !isReset ? done.default : after.default
    return {
      ...rest,
      type: typed.type,
      ...(typed.enum !== undefined && { enum: typed.enum }),
      ...(typed.collation !== undefined && { collation: typed.collation }),
      ...(value !== undefined && { default: value }),
      notNull: before.notNull === after.notNull ? done.notNull : after.notNull,
    }
  }, column)
}

import { type Change, hasSameType, isReplaced, leavesEnum, type TableChange } from '../change.ts'
import { isEqual } from '../equal.ts'
import { guardsOf } from '../guards.ts'
import { afterParents, parentsFirst, parentsOf } from '../inheritance.ts'
import { leftoverSequence } from '../leftover-sequence.ts'
import { movedPosition } from '../moved-position.ts'
import { columnKey, isSame, nameOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import { givenOptions } from '../sequence-options.ts'
import type { ColumnSnapshot, ConstraintSnapshot, Snapshot } from '../snapshot.ts'
import { typeName } from '../type-name.ts'

/** Columns of tables that stay. A generated column is dropped and added again where PostgreSQL cannot alter it. */
export function compareColumns(change: Change): readonly Operation[] {
  return parentsFirst(change).flatMap((table) => {
    const parents = parentsOf(change, table)
    const isInherited = (parts: 'added' | 'removed') => (column: ColumnSnapshot) =>
      parents.some(({ columns }) => columns[parts].some((one) => one.name === column.name))
    const name = nameOf(table.to)
    const isLost = (column: string) => change.lostColumns.has(columnKey(name, column))
    const rebuilt = table.columns.common.filter(([before]) => isLost(before.name))
    const kept = table.columns.common.filter(([before]) => !isLost(before.name))
    return [
      ...[...table.columns.removed, ...rebuilt.map(([before]) => before)]
        // The table that it is inherited from takes it along.
        .filter((column) => column.ownToo === true || !isInherited('removed')(column))
        .map((column): Operation => ({ kind: 'drop column', table: name, column })),
      ...addedInOrder(
        table,
        new Set([...table.columns.added, ...rebuilt.map(([, after]) => after)]),
      )
        .filter((column) => !isInherited('added')(column))
        .map((column): Operation => ({ kind: 'add column', table: name, column })),
      ...kept.flatMap(([before, after]) => {
        // What the models do not have, and is kept as it is, follows what it inherits from by itself.
        const old = before === after ? before : afterParents(parents, before)
        return alterColumn(change, table, old, after)
      }),
    ]
  })
}

function addedInOrder({ to }: TableChange, added: ReadonlySet<ColumnSnapshot>) {
  return to.columns.filter((column) => added.has(column))
}

function alterColumn(
  change: Change,
  { to, constraints }: TableChange,
  old: ColumnSnapshot,
  column: ColumnSnapshot,
): readonly Operation[] {
  if (old === column && old.enum === undefined && old.mentions === undefined) return []
  const before = sequenceShown(afterSwap(change, old, column), column, change.from)
  const after = sequenceShown(column, old, change.to)
  const isInNewKey = constraints.added.some((key) => isKeyOf(key, column.name))
  const isNotNull = before.notNull || (isInNewKey && after.notNull)
  if (isEqual(comparable({ ...before, notNull: isNotNull }), comparable(after))) return []
  const leftover = leftoverSequence(change, to, before, after)
  const position = movedPosition(change, to, before, after, leftover)
  const mayOwnOthers =
    after.identity !== undefined && change.from.sequences.some(({ owned }) => owned)
  const guards =
    typeName(before) === typeName(after) ? [] : guardsOf(change, nameOf(to), column.name)
  return [
    {
      kind: 'alter column',
      table: nameOf(to),
      before,
      after,
      ...(position && { position }),
      ...(leftover && { leftover }),
      ...(mayOwnOthers && { mayOwnOthers }),
      ...(guards.length > 0 && { guards }),
    },
  ]
}

/** A primary key makes its columns NOT NULL without being told. */
function isKeyOf({ kind, columns }: ConstraintSnapshot, column: string): boolean {
  return kind === 'primary key' && columns.includes(column)
}

/** What is compared of a column, type by the name that people write. */
function comparable(column: ColumnSnapshot) {
  const { collation, notNull, serial, identity, generated } = column
  return {
    type: typeName(column),
    collation,
    notNull,
    serial,
    generated,
    default: column.default,
    identity: identity && {
      always: identity.always,
      options: givenOptions(identity.options, column.type),
    },
  }
}

/** The column as replacing its enum leaves it, default included. */
function afterSwap(change: Change, before: ColumnSnapshot, after: ColumnSnapshot): ColumnSnapshot {
  if (before.default !== undefined && before.mentions?.some((type) => isReplaced(change, type)))
    return afterDefault(before, hasSameType(before, after) ? after.default : undefined)
  if (before.enum === undefined || !isReplaced(change, before.enum)) return before
  if (leavesEnum(change, before, after)) return before
  const { default: _, ...rest } = before
  const stays = after.enum !== undefined && isSame(before.enum, after.enum)
  return stays && before.default !== undefined && after.default !== undefined
    ? { ...rest, default: after.default }
    : rest
}

function afterDefault(column: ColumnSnapshot, value: string | undefined): ColumnSnapshot {
  const { default: _, ...rest } = column
  return value === undefined ? rest : { ...rest, default: value }
}

/** Keeps the name of a sequence only where it outlives the serial column, or was there before it. */
function sequenceShown(
  column: ColumnSnapshot,
  other: ColumnSnapshot,
  snapshot: Snapshot,
): ColumnSnapshot {
  if (column.serial || column.identity !== undefined || !other.serial) return column
  const sequence = snapshot.sequences.find((one) => other.sequence && isSame(one, other.sequence))
  return sequence === undefined ? column : { ...column, sequence: nameOf(sequence) }
}

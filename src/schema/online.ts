import { type Change, changeOf, isReplaced } from './change.ts'
import { keySignature, lostKeys } from './compare/lost-keys.ts'
import { setsNotNullLater } from './ddl/not-null.ts'
import { columnKey, isSame, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import { isKey, isTwin, nameHolders, type Part, partOf, sortOf } from './parts.ts'
import type { ObjectName } from './schema.ts'
import type { Snapshot } from './snapshot.ts'

/** Parts of tables that are there before and after, as `partKey` says them. */
export interface OnlineParts {
  /** Made or changed while others use the table. */
  readonly later: ReadonlySet<string>
  /** In place until what comes instead is there. */
  readonly staying: ReadonlySet<string>
}

type Drop = Extract<Operation, { kind: 'drop index' | 'drop constraint' }>
type Add = Extract<Operation, { kind: 'create index' | 'add constraint' }>

/** One object of a table in one kind of operation. */
export function partKey(kind: Operation['kind'], table: ObjectName, name: string): string {
  return `${kind} ${columnKey(table, name)}`
}

/**
 * What of the way from `before` to `goal` can wait for a revision outside a transaction. A part that is replaced stays
 * until the new one is there. Where it has to make way for something else, both belong to the transaction.
 */
export function onlineParts(
  before: Snapshot,
  goal: Snapshot,
  operations: readonly Operation[],
): OnlineParts {
  const open = onStandingTables(goal, operations)
  const drops = open.filter((one): one is Drop => /^drop (index|constraint)$/.test(one.kind))
  const adds = open.filter((one): one is Add => /^(create index|add constraint)$/.test(one.kind))
  const change = changeOf(before, goal, new Set())
  const keys = lostKeys(change)
  const isFree = (drop: Drop) =>
    !makesWay(change, drop, keys) &&
    !isLeanedOn(before, drop, operations) &&
    nameHolders(goal, drop.table, partOf(drop)).every((holder) =>
      adds.some((add) => isSame(add.table, drop.table) && partOf(add) === holder),
    )
  const free = drops.filter(isFree)
  const twins = (add: Add, drop: Drop) =>
    isSame(add.table, drop.table) && isTwin(partOf(add), partOf(drop))
  const later = adds.filter((add) => {
    if (drops.some((drop) => !free.includes(drop) && twins(add, drop))) return false
    if (isGuardLost(change, add)) return false
    const isPrimary = add.kind === 'add constraint' && add.constraint.kind === 'primary key'
    return !isPrimary || free.some((drop) => twins(add, drop))
  })
  const staying = free.filter(
    (drop) =>
      adds.every((add) => !twins(add, drop) || later.includes(add)) &&
      later.some(
        (add) =>
          isSame(add.table, drop.table) &&
          (twins(add, drop) || sortOf(partOf(add)) === sortOf(partOf(drop))),
      ),
  )
  const keyOfPart = (one: Drop | Add) => partKey(one.kind, one.table, partOf(one).name)
  return {
    later: new Set([...later.map(keyOfPart), ...open.flatMap((one) => changedLater(one, goal))]),
    staying: new Set(staying.map(keyOfPart)),
  }
}

/** Partitioned tables take neither CONCURRENTLY nor NOT VALID, and in a new table there is nothing to read. */
function onStandingTables(goal: Snapshot, operations: readonly Operation[]) {
  const inTransaction = new Set([
    ...operations.flatMap((one) => (one.kind === 'create table' ? [keyOf(one.table)] : [])),
    ...goal.tables.filter(({ special }) => special).map(keyOf),
  ])
  return operations.filter((one) => 'table' in one && !inTransaction.has(keyOf(one.table)))
}

/** Validation and NOT NULL: `key` or nothing. */
function changedLater(operation: Operation, goal: Snapshot): readonly string[] {
  if (operation.kind === 'validate constraint')
    return [partKey(operation.kind, operation.table, operation.constraint.name)]
  if (operation.kind !== 'alter column' || !setsNotNullLater(operation)) return []
  const { table, after } = operation
  const isInKey = goal.tables.some(
    (one) =>
      isSame(one, table) &&
      one.constraints.some(
        ({ kind, columns }) => kind === 'primary key' && columns.includes(after.name),
      ),
  )
  return isInKey ? [] : [partKey(operation.kind, table, after.name)]
}

/** Whether the part cannot stay while the columns, types and tables that it leans on change. */
function makesWay(change: Change, drop: Drop, keys: ReadonlySet<string>): boolean {
  const { table } = drop
  const part = partOf(drop)
  const columns = 'reads' in part ? part.reads : part.columns
  const isIn = (set: ReadonlySet<string>) =>
    columns.some((column) => set.has(columnKey(table, column)))
  const hasExpression =
    part.definition.startsWith('CHECK') || /\(.*\(|\bWHERE\b/.test(part.definition)
  if (isIn(change.lostColumns) || isIn(change.recastColumns)) return true
  if (hasExpression && isIn(change.retypedColumns)) return true
  if (part.enums.some((type) => isReplaced(change, type))) return true
  const references = 'references' in part ? part.references : undefined
  return (
    references !== undefined &&
    (change.tables.removed.some((removed) => isSame(removed, references.table)) ||
      keys.has(keySignature(references.table, references.columns)) ||
      references.columns.some((column) => {
        const key = columnKey(references.table, column)
        return change.lostColumns.has(key) || change.recastColumns.has(key)
      }))
  )
}

/** Whether foreign keys that stay, or views that group by it, lean on the key: they make way in one transaction. */
function isLeanedOn(before: Snapshot, drop: Drop, operations: readonly Operation[]): boolean {
  const part = partOf(drop)
  if (!isKey(part)) return false
  const key = keySignature(drop.table, 'reads' in part ? part.reads : part.columns)
  const isOn = (one: Operation) =>
    one.kind === 'drop constraint' &&
    one.constraint.references !== undefined &&
    keySignature(one.constraint.references.table, one.constraint.references.columns) === key
  return (
    operations.some(isOn) ||
    before.views.some(
      ({ query, reads }) =>
        /\bGROUP BY\b/.test(query) && reads.some((read) => isSame(read, drop.table)),
    )
  )
}

/** Whether what guarded the table so far goes with a column, so that the new guard cannot come later. */
function isGuardLost(change: Change, add: Add): boolean {
  const part = partOf(add)
  const sort = sortOf(part)
  const columnsOf = (one: Part) => ('reads' in one ? one.reads : one.columns)
  if (sort === 'index') return false
  const from = change.changed.find(({ to }) => isSame(to, add.table))?.from
  if (from === undefined) return false
  return [...from.constraints, ...from.indexes].some(
    (old) =>
      sortOf(old) === sort &&
      columnsOf(old).some((column) => change.lostColumns.has(columnKey(from, column))) &&
      (old.name === part.name ||
        (sort === 'key' && columnsOf(old).some((column) => columnsOf(part).includes(column)))),
  )
}

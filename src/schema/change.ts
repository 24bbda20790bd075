import { isEqual } from './equal.ts'
import { type KeyedDiff, keyedDiff } from './keyed-diff.ts'
import { columnKey, isSame, keyOf } from './names.ts'
import { type Pairing, pairDefinitions } from './pair-definitions.ts'
import type { Enum, ObjectName } from './schema.ts'
import type {
  ColumnSnapshot,
  ConstraintSnapshot,
  IndexSnapshot,
  ReadRelation,
  Snapshot,
  TableSnapshot,
  ViewSnapshot,
} from './snapshot.ts'
import { keepsForeignKeys } from './type-change.ts'
import { typeName } from './type-name.ts'

/** A table on both sides, with what its parts have in common. */
export interface TableChange {
  readonly from: TableSnapshot
  readonly to: TableSnapshot
  readonly columns: KeyedDiff<ColumnSnapshot, ColumnSnapshot>
  readonly constraints: Pairing<ConstraintSnapshot>
  readonly indexes: Pairing<IndexSnapshot>
}

/** Both sides of a comparison, and what of `from` cannot stay as it is: whatever leans on it has to make way. */
export interface Change {
  readonly from: Snapshot
  readonly to: Snapshot
  readonly enums: KeyedDiff<Enum, Enum>
  readonly tables: KeyedDiff<TableSnapshot, TableSnapshot>
  /** The tables of both sides, in the order of `to`. */
  readonly changed: readonly TableChange[]
  /** Enums for which a new type takes the old one's place. */
  readonly replacedEnums: ReadonlySet<string>
  /** Columns dropped, some of them to be added again at once. */
  readonly lostColumns: ReadonlySet<string>
  /** Columns whose type changes. */
  readonly retypedColumns: ReadonlySet<string>
  /** Of these, the ones that PostgreSQL cannot compare with what they were. */
  readonly recastColumns: ReadonlySet<string>
  /** Tables that go, and views that go or are created again. */
  readonly lostRelations: ReadonlySet<string>
}

/** Looks at both sides once. `swapped` are enums to replace though their values only grow. */
export function changeOf(from: Snapshot, to: Snapshot, swapped: ReadonlySet<string>): Change {
  const enums = keyedDiff(from.enums, to.enums, keyOf)
  const tables = keyedDiff(from.tables, to.tables, keyOf)
  const changed = tables.common.map(
    ([before, after]): TableChange => ({
      from: before,
      to: after,
      columns: keyedDiff(before.columns, after.columns, ({ name }) => name),
      constraints: pairDefinitions(before.constraints, after.constraints),
      indexes: pairDefinitions(before.indexes, after.indexes),
    }),
  )
  const replacedEnums = new Set(
    enums.common
      .filter(([before, after]) => !onlyGrows(before, after) || swapped.has(keyOf(after)))
      .map(([before]) => keyOf(before)),
  )
  const columns = columnSets(changed, replacedEnums, from.altersExpressions === true)
  const base = { from, to, enums, tables, changed, replacedEnums, ...columns }
  return { ...base, lostRelations: lostRelations(base) }
}

/** Whether every value stays, in its order. */
function onlyGrows(before: Enum, after: Enum): boolean {
  const old = new Set(before.values)
  return isEqual(
    before.values,
    after.values.filter((value) => old.has(value)),
  )
}

/** Whether the enum is replaced. */
export function isReplaced(change: Pick<Change, 'replacedEnums'>, type: ObjectName): boolean {
  return change.replacedEnums.has(keyOf(type))
}

/** Whether a column takes a type that stands already, so that it can do so before its own is replaced. */
export function leavesEnum(
  change: Pick<Change, 'replacedEnums'>,
  before: ColumnSnapshot,
  after: ColumnSnapshot,
): boolean {
  if (before.enum === undefined || !isReplaced(change, before.enum)) return false
  if (after.enum === undefined) return true
  return !isSame(before.enum, after.enum) && !isReplaced(change, after.enum)
}

/** Whether something that reads these relations has to make way. */
export function isDisturbed(
  change: Pick<Change, 'lostColumns' | 'retypedColumns' | 'lostRelations'>,
  reads: readonly ReadRelation[],
): boolean {
  return reads.some(
    (read) =>
      change.lostRelations.has(keyOf(read)) ||
      read.columns.some((column) => {
        const key = columnKey(read, column)
        return change.lostColumns.has(key) || change.retypedColumns.has(key)
      }),
  )
}

type ColumnSets = Pick<Change, 'lostColumns' | 'retypedColumns' | 'recastColumns'>

function columnSets(
  changed: readonly TableChange[],
  replacedEnums: ReadonlySet<string>,
  altersExpressions: boolean,
): ColumnSets {
  const lostColumns = new Set<string>()
  const retypedColumns = new Set<string>()
  const recastColumns = new Set<string>()
  for (const { from: table, columns } of changed) {
    for (const { name } of columns.removed) lostColumns.add(columnKey(table, name))
    for (const [before, after] of columns.common) {
      if (before === after && before.enum === undefined) continue
      const isSwapped = before.enum !== undefined && replacedEnums.has(keyOf(before.enum))
      if (hasSameType(before, after) && !isSwapped) continue
      const key = columnKey(table, before.name)
      retypedColumns.add(key)
      if (isSwapped || !keepsForeignKeys(before, after)) recastColumns.add(key)
    }
    const isTouched = ({ name, reads, mentions = [] }: ColumnSnapshot) =>
      mentions.some((type) => replacedEnums.has(keyOf(type))) ||
      [name, ...reads]
        .map((one) => columnKey(table, one))
        .some((key) => lostColumns.has(key) || retypedColumns.has(key))
    for (const [before, after] of columns.common)
      if (isGeneratedAnew(before, after, altersExpressions, isTouched))
        lostColumns.add(columnKey(table, before.name))
  }
  return { lostColumns, retypedColumns, recastColumns }
}

/** A column that is no longer generated keeps its values, where what it read lets it. */
function isGeneratedAnew(
  before: ColumnSnapshot,
  after: ColumnSnapshot,
  altersExpressions: boolean,
  isTouched: (column: ColumnSnapshot) => boolean,
): boolean {
  if (after.generated === undefined) return false
  const isAltered = before.generated !== after.generated
  const mayStay = altersExpressions && before.generated !== undefined
  return (isAltered && !mayStay) || isTouched(before)
}

/** PostgreSQL says a collation with the type. */
export function hasSameType(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  return typeName(before) === typeName(after) && before.collation === after.collation
}

type Undecided = Omit<Change, 'lostRelations'>

/** Grows until no view is left that reads what is lost. */
function lostRelations(change: Undecided): ReadonlySet<string> {
  const lost = new Set(change.tables.removed.map(keyOf))
  const after = new Map(change.to.views.map((view) => [keyOf(view), view]))
  const droppedKeys = tablesLosingKey(change.changed)
  const isLost = (view: ViewSnapshot): boolean =>
    !isSameView(view, after.get(keyOf(view))) ||
    view.enums.some((type) => isReplaced(change, type)) ||
    isDisturbed({ ...change, lostRelations: lost }, view.reads) ||
    // Columns outside GROUP BY lean on the primary key.
    (/\bGROUP BY\b/.test(view.query) && view.reads.some((read) => droppedKeys.has(keyOf(read))))
  for (let size = -1; size !== lost.size; ) {
    size = lost.size
    for (const view of change.from.views) if (isLost(view)) lost.add(keyOf(view))
  }
  return lost
}

function tablesLosingKey(changed: readonly TableChange[]): ReadonlySet<string> {
  const losing = changed.filter(({ constraints }) =>
    constraints.removed.some(({ kind }) => kind === 'primary key'),
  )
  return new Set(losing.map(({ from }) => keyOf(from)))
}

function isSameView(before: ViewSnapshot, after: ViewSnapshot | undefined): boolean {
  return (
    after !== undefined &&
    before.query === after.query &&
    before.materialized === after.materialized &&
    isEqual(before.options, after.options)
  )
}

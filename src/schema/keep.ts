import { isEqual } from './equal.ts'
import { type ColumnChange, followParents, withoutInheritedChecks } from './inheritance.ts'
import { keyedDiff } from './keyed-diff.ts'
import { withLosses } from './lost-clauses.ts'
import { isSame, keyOf, nameOf, sortedBy } from './names.ts'
import { pairDefinitions } from './pair-definitions.ts'
import type { ObjectName } from './schema.ts'
import { retypedOptions, serialOptions } from './sequence-options.ts'
import type {
  ColumnSnapshot,
  IndexSnapshot,
  SequenceSnapshot,
  Snapshot,
  TableSnapshot,
  ViewSnapshot,
} from './snapshot.ts'

/**
 * `models` with everything of `from` that models cannot say and that is therefore never touched: what the database
 * will hold once `from` has become `models`. Unmodelled indexes, also those on materialized views, partitioned tables, owned sequences; and of what both
 * have DEFERRABLE, collations, the names of sequences behind columns. A schema stays with what stays in it.
 */
export function keepUnmodelled(from: Snapshot, models: Snapshot): Snapshot {
  const to = { ...models, tables: withoutInheritedChecks(models.tables, from.tables) }
  const tables = keyedDiff(from.tables, to.tables, keyOf)
  const before = new Map(tables.common.map(([old, table]) => [table, old]))
  const special = tables.removed.filter(
    (table) => (table.special || table.ledger === true) && !isTaken(table, to),
  )
  const sequences = keyedDiff(from.sequences, to.sequences, keyOf)
  const used = usedSequences(to)
  const owned = sequences.removed.filter(
    (sequence) => (sequence.owned && !isSerial(sequence, to)) || used.has(plainName(sequence)),
  )
  const left = leftBySerial(from, to, used)
  const views = new Map(from.views.map((view) => [keyOf(view), view]))
  const old = new Map(sequences.common.map(([sequence, after]) => [after, sequence]))
  const inside = [...special, ...owned].flatMap(({ schema }) => schema ?? [])
  const inUse = [...to.schemas, ...inside, ...(from.occupied ?? [])]
  const schemas = from.schemas.filter((name) => inUse.includes(name))
  const enums = keyedDiff(from.enums, to.enums, keyOf).removed.filter((type) =>
    special.some(({ columns }) =>
      columns.some((column) => column.enum && isSame(column.enum, type)),
    ),
  )
  const hasParents = special.some(({ inherits }) => inherits !== undefined)
  const kept = to.tables.map((table) => keepOfTable(before.get(table), table))
  return {
    ...to,
    enums: [...to.enums, ...enums],
    schemas: [...new Set([...to.schemas, ...schemas])],
    sequences: [
      ...to.sequences.map((sequence) => keepSequence(old.get(sequence), sequence)),
      ...owned,
      ...left,
    ],
    tables: [
      ...kept,
      ...(hasParents ? followParents(columnChanges(from, kept), special) : special),
    ],
    views: to.views.map((view) => keepOfView(views.get(keyOf(view)), view)),
  }
}

function columnChanges(from: Snapshot, to: readonly TableSnapshot[]): readonly ColumnChange[] {
  return keyedDiff(from.tables, to, keyOf).common.map(([before, after]) => ({
    from: before,
    columns: keyedDiff(before.columns, after.columns, ({ name }) => name),
  }))
}

/** A relation of another kind wants the name. */
function isTaken(table: TableSnapshot, { views }: Snapshot): boolean {
  return views.some((view) => isSame(view, table))
}

/** The sequence is behind a serial column now, and no longer listed by itself. */
function isSerial(sequence: ObjectName, { tables }: Snapshot): boolean {
  return tables.some(({ columns }) =>
    columns.some((column) => column.sequence !== undefined && isSame(column.sequence, sequence)),
  )
}

/** Of columns that are no longer serial: sequences from which a default of another column takes its numbers. */
function leftBySerial(
  from: Snapshot,
  to: Snapshot,
  used: ReadonlySet<string>,
): readonly SequenceSnapshot[] {
  const serials = from.tables.flatMap((table) =>
    table.columns.flatMap((column) =>
      column.serial && column.sequence ? [{ table, column, name: column.sequence }] : [],
    ),
  )
  return serials.flatMap(({ table, column, name }): readonly SequenceSnapshot[] => {
    if (
      !used.has(plainName(name)) ||
      isSerial(name, to) ||
      to.sequences.some((one) => isSame(one, name))
    )
      return []
    const ownedBy = { table: nameOf(table), column: column.name }
    return [{ ...name, type: column.type, options: serialOptions(column), owned: true, ownedBy }]
  })
}

/** Those that a default which stays takes its numbers from, by `plainName`. */
function usedSequences({ tables }: Snapshot): ReadonlySet<string> {
  return new Set(
    tables.flatMap(({ columns }) =>
      columns.flatMap(({ default: value }) => takenSequence(value) ?? []),
    ),
  )
}

/** The sequence that a default takes its numbers from, by `plainName`. */
function takenSequence(value = ''): string | undefined {
  const [, used] = /\bnextval\('((?:[^']|'')+)'/.exec(value) ?? []
  return used?.replaceAll('"', '').replaceAll("''", "'")
}

/** Its name as a default has it, without quotes. */
function plainName({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`
}

function keepSequence(
  before: SequenceSnapshot | undefined,
  after: SequenceSnapshot,
): SequenceSnapshot {
  if (before === undefined) return after
  const { owned, ownedBy } = before
  return { ...after, owned, ...(ownedBy && { ownedBy }) }
}

/** Its rows, and indexes on columns that the view still has. */
function keepOfView(before: ViewSnapshot | undefined, view: ViewSnapshot): ViewSnapshot {
  if (!view.materialized) return view
  const after = before?.populated === undefined ? view : { ...view, populated: before.populated }
  if (after.indexes !== undefined) return after
  const { columns = [] } = after
  const indexes = before?.indexes?.filter(({ reads }) =>
    reads.every((name) => columns.includes(name)),
  )
  return indexes === undefined ? after : { ...after, indexes }
}

function keepOfTable(before: TableSnapshot | undefined, after: TableSnapshot): TableSnapshot {
  if (before === undefined) return after
  // Most tables: the same object on both sides spares every later comparison.
  if (isEqual(before, after)) return before
  const columns = new Map(before.columns.map((column) => [column.name, column]))
  const pairing = pairDefinitions(before.constraints, after.constraints)
  const constraints = new Map(pairing.pairs.map(([old, now]) => [now, old]))
  const losing = withLosses(pairing)
  return {
    ...after,
    special: before.special,
    ...(before.inherits !== undefined && { inherits: before.inherits }),
    columns: after.columns.map((column) => keepOfColumn(columns.get(column.name), column)),
    constraints: after.constraints.map((constraint) => ({
      ...(losing.get(constraint) ?? constraint),
      full: constraints.get(constraint)?.full ?? constraint.full,
    })),
    indexes: keepIndexes(before, after),
  }
}

function keepOfColumn(before: ColumnSnapshot | undefined, after: ColumnSnapshot): ColumnSnapshot {
  if (before !== undefined && saysSerial(before, after)) {
    const { default: _, ...rest } = after
    const { sequence, serialOptions: given } = before
    return {
      ...rest,
      serial: true,
      ...(sequence && { sequence }),
      ...(given && { serialOptions: given }),
    }
  }
  const { collation, sequence, ownToo, virtual } = before ?? {}
  const hasSource = (column: ColumnSnapshot) => column.serial || column.identity !== undefined
  const isSameSource =
    before !== undefined && before.serial === after.serial && hasSource(before) && hasSource(after)
  return {
    ...after,
    // One that the models say is theirs; without a word the one that is there stays where the type can have it.
    ...(collation !== undefined &&
      after.collation === undefined &&
      (before?.type === after.type || isText(after)) && { collation }),
    ...(isSameSource && sequence !== undefined && { sequence }),
    ...(isSameSource &&
      before.serialOptions && {
        serialOptions: retypedOptions(before.serialOptions, before.type, after.type),
      }),
    ...(ownToo !== undefined && { ownToo }),
    ...(virtual && after.generated !== undefined && { virtual }),
  }
}

/** Whether the models say in other words what a serial column is: the default that it has. */
function saysSerial(
  before: ColumnSnapshot,
  { serial, type, default: value }: ColumnSnapshot,
): boolean {
  const { sequence } = before
  return (
    before.serial &&
    !serial &&
    before.type === type &&
    sequence !== undefined &&
    takenSequence(value) === plainName(sequence)
  )
}

function isText({ type }: ColumnSnapshot): boolean {
  return /^(?:text|character)\b/.test(type)
}

function keepIndexes(before: TableSnapshot, after: TableSnapshot): readonly IndexSnapshot[] {
  const pairing = pairDefinitions(before.indexes, after.indexes)
  const { pairs } = pairing
  const old = new Map(pairs.map(([index, now]) => [now, index]))
  const names = new Set(after.indexes.map(({ name }) => name))
  const columns = new Set(after.columns.map(({ name }) => name))
  const paired = new Set(pairs.map(([index]) => index))
  const unmodelled = before.indexes.filter(
    (index) =>
      !index.modelled &&
      !paired.has(index) &&
      !names.has(index.name) &&
      index.reads.every((column) => columns.has(column)),
  )
  const losing = withLosses(pairing)
  const kept = after.indexes.map((index) => {
    if (losing.has(index)) return losing.get(index) ?? index
    const { full, modelled } = old.get(index) ?? index
    return isEqual([full, modelled], [index.full, index.modelled])
      ? index
      : { ...index, full, modelled }
  })
  return sortedBy([...kept, ...unmodelled], ({ name }) => name)
}

import { keySignature } from './compare/lost-keys.ts'
import { diffStates } from './diff.ts'
import { keepUnmodelled } from './keep.ts'
import { isSame, keyOf } from './names.ts'
import { onlineParts, partKey } from './online.ts'
import type { Operation } from './operation.ts'
import { isInstead, isKey, partOf } from './parts.ts'
import type { ObjectName } from './schema.ts'
import {
  type ConstraintSnapshot,
  emptySnapshot,
  type Snapshot,
  type TableSnapshot,
} from './snapshot.ts'

/** A part of a change that is a revision of its own. */
export interface Stage {
  /** `enum values`: to be committed before they are used. `online`: outside a transaction. */
  readonly kind: 'enum values' | 'main' | 'online'
  readonly from: Snapshot
  readonly to: Snapshot
}

/**
 * The change from `before` to `after` in at most three steps, each of which `diffStates` takes either way; none when
 * nothing differs.
 */
export function stages(before: Snapshot, after: Snapshot): readonly Stage[] {
  const goal = keepUnmodelled(before, after)
  if (diffStates(before, goal).length === 0) return []
  const withValues = { ...before, enums: grownEnums(before, goal) }
  const offline = withoutOnline(withValues, goal)
  const all: readonly Stage[] = [
    { kind: 'enum values', from: before, to: withValues },
    { kind: 'main', from: withValues, to: offline },
    { kind: 'online', from: offline, to: goal },
  ]
  return all.filter(({ from, to }) => diffStates(from, to).length > 0)
}

/**
 * The operations from one end of a stage to the other. Outside a transaction what is replaced is a swap: the new part is
 * there before the old one goes, and what nothing replaces goes last.
 */
export function stageOperations(
  { kind, from, to }: Stage,
  direction: 'upgrade' | 'downgrade',
): readonly Operation[] {
  const operations = direction === 'upgrade' ? diffStates(from, to) : diffStates(to, from)
  return kind === 'online' ? withSwaps(operations) : operations
}

function withSwaps(operations: readonly Operation[]): readonly Operation[] {
  const isDrop = (one: Operation) => one.kind === 'drop index' || one.kind === 'drop constraint'
  const isAdd = (one: Operation) => one.kind === 'create index' || one.kind === 'add constraint'
  const adds = operations.filter(isAdd)
  const drops = operations.filter(isDrop)
  const waiting = drops.filter(
    (drop) =>
      adds.some((add) => isSame(add.table, drop.table)) &&
      !drops.some((other) => leansOn(drop, other)),
  )
  const swapped = new Set<Operation>()
  const kept = operations
    .filter((one) => !waiting.some((drop) => drop === one))
    .map((one): Operation => {
      const drop = isAdd(one)
        ? waiting.find((old) => isSame(old.table, one.table) && isInstead(partOf(one), partOf(old)))
        : undefined
      if (drop === undefined || !isAdd(one)) return one
      swapped.add(drop)
      return { kind: 'swap', table: one.table, before: partOf(drop), after: partOf(one) }
    })
  const going = waiting.filter((drop) => !swapped.has(drop))
  const isAdding = (one: Operation) => one.kind === 'swap' || isAdd(one)
  const isHeldUp = (one: Operation) => isAdding(one) && going.some((drop) => leansOn(one, drop))
  const isLeft = (one: Operation) => waiting.some((drop) => leavesKey(one, drop))
  const first = kept.filter((one) => !isHeldUp(one) && !isLeft(one))
  return [...first, ...going, ...kept.filter(isHeldUp), ...kept.filter(isLeft)]
}

/** Whether a column may be NULL once it is no longer in the primary key that goes. */
function leavesKey(one: Operation, drop: Operation): boolean {
  return (
    one.kind === 'alter column' &&
    drop.kind === 'drop constraint' &&
    drop.constraint.kind === 'primary key' &&
    isSame(one.table, drop.table) &&
    one.before.notNull &&
    !one.after.notNull &&
    drop.constraint.columns.includes(one.after.name)
  )
}

/** Whether a foreign key that is added or dropped could lean on the key that goes: of two that fit PostgreSQL takes the older. */
function leansOn(one: Operation, drop: Operation): boolean {
  if (drop.kind !== 'drop index' && drop.kind !== 'drop constraint') return false
  const key = partOf(drop)
  const constraint = 'constraint' in one ? one.constraint : undefined
  const of = one.kind === 'swap' ? one.after : constraint
  if (!isKey(key) || of === undefined || !('references' in of)) return false
  const { references } = of
  const columns = 'reads' in key ? key.reads : key.columns
  return (
    references !== undefined &&
    keySignature(drop.table, columns) === keySignature(references.table, references.columns)
  )
}

/** The enums as they are once the values that are merely added are there. */
function grownEnums(before: Snapshot, goal: Snapshot): Snapshot['enums'] {
  const onlyEnums = (enums: Snapshot['enums']): Snapshot => ({ ...emptySnapshot, enums })
  const growing = new Set(
    diffStates(onlyEnums(before.enums), onlyEnums(goal.enums)).flatMap((operation) =>
      operation.kind === 'add enum value' ? [keyOf(operation.enum)] : [],
    ),
  )
  const after = new Map(goal.enums.map((type) => [keyOf(type), type]))
  return before.enums.map((type) => (growing.has(keyOf(type)) && after.get(keyOf(type))) || type)
}

/** The goal without what can be made while others use the tables that are there already, and with what it will replace. */
function withoutOnline(before: Snapshot, goal: Snapshot): Snapshot {
  const { later, staying } = onlineParts(before, goal, diffStates(before, goal))
  const old = new Map(before.tables.map((table) => [keyOf(table), table]))
  const tables = goal.tables.map((table): TableSnapshot => {
    const isLater = (kind: Operation['kind'], { name }: { readonly name: string }) =>
      later.has(partKey(kind, table, name))
    const stays = (kind: Operation['kind']) => (part: { readonly name: string }) =>
      staying.has(partKey(kind, table, part.name))
    const { indexes = [], constraints = [] } = old.get(keyOf(table)) ?? {}
    const family = withParents(table, old)
    // Until their primary key goes they cannot be NULL.
    const keysLeft = new Set(
      constraints
        .filter((one) => one.kind === 'primary key' && stays('drop constraint')(one))
        .flatMap(({ columns }) => columns),
    )
    return {
      ...table,
      columns: table.columns.map((column) => {
        if (family.some((one) => later.has(partKey('alter column', one, column.name))))
          return { ...column, notNull: false }
        return keysLeft.has(column.name) ? { ...column, notNull: true } : column
      }),
      indexes: [
        ...table.indexes.filter((index) => !isLater('create index', index)),
        ...indexes.filter(stays('drop index')),
      ],
      constraints: [
        ...table.constraints
          .filter((constraint) => !isLater('add constraint', constraint))
          .map((constraint) =>
            isLater('validate constraint', constraint)
              ? { ...constraint, validated: false }
              : constraint,
          ),
        ...constraints.filter(stays('drop constraint')),
      ],
    }
  })
  return withoutLooseForeignKeys(goal, { ...goal, tables })
}

/** The table and those that it inherits from: what becomes NOT NULL there does so here, and then. */
function withParents(
  table: TableSnapshot,
  all: ReadonlyMap<string, TableSnapshot>,
): readonly ObjectName[] {
  const parents = (table.inherits ?? []).flatMap((name) => all.get(keyOf(name)) ?? [])
  return [table, ...parents.flatMap((parent) => withParents(parent, all))]
}

/** Without the foreign keys that lean on something unique which is only made online. */
function withoutLooseForeignKeys(goal: Snapshot, offline: Snapshot): Snapshot {
  const all = new Set(goal.tables.flatMap((table) => uniqueSets(table)))
  const wanted = new Map(goal.tables.map((table) => [keyOf(table), table]))
  // One that is about to go is nothing to lean on.
  const there = new Set(
    offline.tables.flatMap((table) => uniqueSets(table, wanted.get(keyOf(table)))),
  )
  const isLoose = ({ references }: ConstraintSnapshot) => {
    if (references === undefined) return false
    const target = keySignature(references.table, references.columns)
    return all.has(target) && !there.has(target)
  }
  return {
    ...offline,
    tables: offline.tables.map((table) => ({
      ...table,
      constraints: table.constraints.filter((constraint) => !isLoose(constraint)),
    })),
  }
}

/** The sets of columns that a foreign key may point at, by keys that `lasting` has as well. */
function uniqueSets(table: TableSnapshot, lasting = table): readonly string[] {
  const keys = table.constraints.filter(
    (key) =>
      (key.kind === 'primary key' || key.kind === 'unique') &&
      lasting.constraints.some(
        ({ name, definition }) => name === key.name && definition === key.definition,
      ),
  )
  const indexes = table.indexes.filter(
    (index) =>
      index.unique &&
      lasting.indexes.some(
        ({ name, definition }) => name === index.name && definition === index.definition,
      ),
  )
  return [...keys.map(({ columns }) => columns), ...indexes.map(({ reads }) => reads)].map(
    (columns) => keySignature(table, columns),
  )
}

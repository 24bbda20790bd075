import { keySignature } from './compare/lost-keys.ts'
import { onlySetsNotNull } from './ddl/alter-column.ts'
import { diffStates } from './diff.ts'
import { keepUnmodelled } from './keep.ts'
import { columnKey, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import type { ConstraintSnapshot, Snapshot, TableSnapshot } from './snapshot.ts'

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
  const offline = withoutOnline(goal, diffStates(withValues, goal))
  const all: readonly Stage[] = [
    { kind: 'enum values', from: before, to: withValues },
    { kind: 'main', from: withValues, to: offline },
    { kind: 'online', from: offline, to: goal },
  ]
  return all.filter(({ from, to }) => diffStates(from, to).length > 0)
}

/** The enums as they are once the values that are merely added are there. */
function grownEnums(before: Snapshot, goal: Snapshot): Snapshot['enums'] {
  const onlyEnums = (enums: Snapshot['enums']): Snapshot => ({ ...EMPTY, enums })
  const growing = new Set(
    diffStates(onlyEnums(before.enums), onlyEnums(goal.enums)).flatMap((operation) =>
      operation.kind === 'add enum value' ? [keyOf(operation.enum)] : [],
    ),
  )
  const after = new Map(goal.enums.map((type) => [keyOf(type), type]))
  return before.enums.map((type) => (growing.has(keyOf(type)) && after.get(keyOf(type))) || type)
}

const EMPTY: Snapshot = { schemas: [], enums: [], sequences: [], tables: [], views: [] }

/** The goal without what can be made while others use the tables that are there already. */
function withoutOnline(goal: Snapshot, operations: readonly Operation[]): Snapshot {
  const later = onlineParts(goal, operations)
  const tables = goal.tables.map((table): TableSnapshot => {
    const isLater = (kind: string, { name }: { readonly name: string }) =>
      later.has(`${kind} ${columnKey(table, name)}`)
    return {
      ...table,
      columns: table.columns.map((column) =>
        isLater('alter column', column) ? { ...column, notNull: false } : column,
      ),
      indexes: table.indexes.filter((index) => !isLater('create index', index)),
      constraints: table.constraints
        .filter((constraint) => !isLater('add constraint', constraint))
        .map((constraint) =>
          isLater('validate constraint', constraint)
            ? { ...constraint, validated: false }
            : constraint,
        ),
    }
  })
  return withoutLooseForeignKeys(goal, { ...goal, tables })
}

/** What is made online, as `<operation> <table>.<name>`. */
function onlineParts(goal: Snapshot, operations: readonly Operation[]): ReadonlySet<string> {
  const created = operations.flatMap((operation) =>
    operation.kind === 'create table' ? [keyOf(operation.table)] : [],
  )
  // Partitioned tables take neither CONCURRENTLY nor NOT VALID.
  const special = goal.tables.filter((table) => table.special).map(keyOf)
  const inTransaction = new Set([...created, ...special])
  const parts = operations.flatMap((operation) => {
    const name = onlineName(operation)
    if (name === undefined || !('table' in operation) || inTransaction.has(keyOf(operation.table)))
      return []
    return [`${operation.kind} ${columnKey(operation.table, name)}`]
  })
  return new Set(parts)
}

function onlineName(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'create index':
      return operation.index.name
    case 'add constraint':
      return operation.constraint.kind === 'primary key' ? undefined : operation.constraint.name
    case 'validate constraint':
      return operation.constraint.name
    case 'alter column':
      return onlySetsNotNull(operation) ? operation.after.name : undefined
    default:
      return undefined
  }
}

/** Without the foreign keys that lean on something unique which is only made online. */
function withoutLooseForeignKeys(goal: Snapshot, offline: Snapshot): Snapshot {
  const all = new Set(goal.tables.flatMap(uniqueSets))
  const there = new Set(offline.tables.flatMap(uniqueSets))
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

/** The sets of columns that a foreign key may point at. */
function uniqueSets(table: TableSnapshot): readonly string[] {
  const keys = table.constraints.filter(({ kind }) => kind === 'primary key' || kind === 'unique')
  const indexes = table.indexes.filter(({ unique }) => unique)
  return [...keys.map(({ columns }) => columns), ...indexes.map(({ reads }) => reads)].map(
    (columns) => keySignature(table, columns),
  )
}

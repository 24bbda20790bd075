import { columnKey, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import { renamesInOrder } from './rename/order.ts'

/**
 * Operations of any kind in an order that PostgreSQL accepts: what depends on something goes before it and comes
 * after it, and what goes makes room for what comes. Within a step they stay as they were.
 */
export function inOrder(operations: readonly Operation[]): readonly Operation[] {
  const replaced = new Set(
    operations.flatMap((operation) =>
      operation.kind === 'replace enum' ? [keyOf(operation.before)] : [],
    ),
  )
  // A table and a view have a type of their own name.
  const newTypes = new Set(
    operations.flatMap((operation) => {
      if (operation.kind === 'create table') return [keyOf(operation.table)]
      return operation.kind === 'create view' ? [keyOf(operation.view)] : []
    }),
  )
  const swapped = new Set(
    operations.flatMap((operation) =>
      operation.kind === 'replace enum'
        ? operation.columns.map(({ table, column }) => columnKey(table, column))
        : [],
    ),
  )
  const leavesEnum = ({ table, before }: Extract<Operation, { kind: 'alter column' }>) =>
    before.enum !== undefined &&
    (replaced.has(keyOf(before.enum)) || newTypes.has(keyOf(before.enum))) &&
    !swapped.has(columnKey(table, before.name))
  const steps = STEPS.map((): Operation[] => [])
  for (const operation of operations) {
    const makesRoom = operation.kind === 'drop enum' && newTypes.has(keyOf(operation.enum))
    const step = makesRoom ? 'make room' : stepOf(operation, leavesEnum)
    steps[STEPS.indexOf(step)]?.push(operation)
  }
  return STEPS.flatMap((step, at) => {
    const found = steps[at] ?? []
    if (step === 'rename constraint or index') return renamesInOrder(found.filter(isRenaming))
    return step === 'columns' ? byTable(found) : found
  })
}

function isRenaming(one: Operation) {
  return one.kind === 'rename constraint' || one.kind === 'rename index'
}

const STEPS = [
  'rename',
  'drop policy',
  'drop view',
  'drop foreign key',
  'drop table',
  'drop index',
  'drop constraint',
  'drop expression',
  'drop generated column',
  'drop column',
  'rename constraint or index',
  'create schema',
  'create enum',
  'add enum value',
  'leave enum',
  'make room',
  'replace enum',
  'create sequence',
  'alter sequence',
  'create table',
  'columns',
  'add constraint',
  'create index',
  'swap',
  'add foreign key',
  'validate constraint',
  'create view',
  'enable row security',
  'disable row security',
  'create policy',
  'drop enum',
  'drop sequence',
  'drop schema',
] as const
type Step = (typeof STEPS)[number]

function stepOf(
  operation: Operation,
  leavesEnum: (operation: Extract<Operation, { kind: 'alter column' }>) => boolean,
): Step {
  switch (operation.kind) {
    case 'drop constraint':
      return operation.constraint.kind === 'foreign key' ? 'drop foreign key' : 'drop constraint'
    case 'add constraint':
      return operation.constraint.kind === 'foreign key' ? 'add foreign key' : 'add constraint'
    case 'rename constraint':
    case 'rename index':
      return 'rename constraint or index'
    case 'drop column':
      return operation.column.generated === undefined ? 'drop column' : 'drop generated column'
    case 'add column':
      return 'columns'
    case 'alter column':
      // What the column reads may be about to go.
      if (operation.before.generated !== undefined && operation.after.generated === undefined)
        return 'drop expression'
      return leavesEnum(operation) ? 'leave enum' : 'columns'
    default:
      return operation.kind
  }
}

/** Table by table: new columns, then what changes, then the generated columns that read both. */
function byTable(operations: readonly Operation[]): readonly Operation[] {
  const tables = new Map<string, Record<'plain' | 'altered' | 'generated', Operation[]>>()
  for (const operation of operations) {
    if (operation.kind !== 'add column' && operation.kind !== 'alter column') continue
    const key = keyOf(operation.table)
    const parts = tables.get(key) ?? { plain: [], altered: [], generated: [] }
    tables.set(key, parts)
    if (operation.kind === 'alter column') parts.altered.push(operation)
    else if (operation.column.generated === undefined) parts.plain.push(operation)
    else parts.generated.push(operation)
  }
  return [...tables.values()].flatMap(({ plain, altered, generated }) => [
    ...plain,
    ...altered,
    ...generated,
  ])
}

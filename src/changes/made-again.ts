import type { RevisionDraft } from '../autogenerate/produce.ts'
import { sequenceOf } from '../schema/ddl/sequence-position.ts'
import { keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import type { ColumnSnapshot } from '../schema/snapshot.ts'
import { typeChange } from '../schema/type-change.ts'

/** Something that the upgrade drops, or `storage` of a column that another type resets, and that the upgrade or the downgrade makes again. */
export interface MadeAgain {
  readonly kind:
    | 'table'
    | 'column'
    | 'storage'
    | 'index'
    | 'constraint'
    | 'policy'
    | 'view'
    | 'materialized view'
    | 'enum'
    | 'sequence'
    | 'function'
    | 'procedure'
    | 'schema'
  /** Its table, or itself, quoted. */
  readonly relation: string
  readonly name: string
}

/** What the drafts make that is there before. Some of it goes without an operation of its own, with its table or column. */
export function madeAgain(drafts: readonly RevisionDraft[]): readonly MadeAgain[] {
  const dropped = new Set(
    drafts.flatMap(({ upgrade }) => upgrade.flatMap((one) => droppedRelation(one) ?? [])),
  )
  const all = drafts.flatMap(({ upgrade, downgrade }) => [
    ...madeIn(upgrade).filter(({ relation }) => dropped.has(relation)),
    ...madeIn(downgrade),
  ])
  return [...new Map(all.map((object) => [keyFor(object), object])).values()]
}

/**
 * The parts of a table that is made here are asked for with it, all at once. Another revision may make one of them again
 * where the table stays.
 */
function madeIn(operations: readonly Operation[]): readonly MadeAgain[] {
  const made = operations.flatMap((one) => madeBy(one) ?? [])
  const tables = new Set(made.flatMap(({ kind, relation }) => (kind === 'table' ? relation : [])))
  return made.filter(({ kind, relation }) => kind === 'table' || !tables.has(relation))
}

/** What is whole behind each operation: a table with the last of its parts. */
export function objectsBy(
  operations: readonly Operation[],
): ReadonlyMap<Operation, readonly MadeAgain[]> {
  const found = new Map<Operation, MadeAgain[]>()
  for (const operation of operations) {
    const object = madeBy(operation)
    if (object === undefined) continue
    const last =
      object.kind === 'table'
        ? operations.findLast((one) => 'table' in one && keyOf(one.table) === object.relation)
        : operation
    const at = last ?? operation
    found.set(at, [...(found.get(at) ?? []), object])
  }
  return found
}

export const keyFor = ({ kind, relation, name }: MadeAgain): string =>
  JSON.stringify([kind, relation, name])

/** What an operation takes away, or a part of; quoted. */
function droppedRelation(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'drop column':
    case 'drop index':
    case 'drop constraint':
    case 'drop policy':
    case 'drop table':
    case 'swap':
      return keyOf(operation.table)
    case 'drop view':
      return keyOf(operation.view)
    case 'replace enum':
      return keyOf(operation.before)
    case 'alter column':
      return (
        sequenceBehind(operation.before, operation) ??
        leftoverOf(operation) ??
        (resetsStorage(operation) ? keyOf(operation.table) : undefined)
      )
    default:
      return undefined
  }
}

/** PostgreSQL gives a column of another type, or collation, the storage and compression of the type. */
function resetsStorage({ before, after }: Extract<Operation, { kind: 'alter column' }>): boolean {
  return typeChange(before, after) !== undefined || before.collation !== after.collation
}

/** The sequence of one end of a change that gives the column another one, or none. */
function sequenceBehind(
  column: ColumnSnapshot,
  { table, before, after }: Extract<Operation, { kind: 'alter column' }>,
): string | undefined {
  const sourceOf = ({ serial, identity }: ColumnSnapshot) =>
    serial ? 'serial' : identity && 'identity'
  if (sourceOf(before) === sourceOf(after) || sourceOf(column) === undefined) return undefined
  return keyOf(sequenceOf(table, column))
}

/** The sequence by hand that makes way for the one behind an identity, and comes back. */
function leftoverOf({
  leftover,
  before,
  after,
}: Extract<Operation, { kind: 'alter column' }>): string | undefined {
  return leftover && !before.serial && !after.serial ? keyOf(leftover) : undefined
}

function madeBy(operation: Operation): MadeAgain | undefined {
  switch (operation.kind) {
    case 'add column':
      return part('column', operation, operation.column.name)
    case 'create index':
      return part('index', operation, operation.index.name)
    case 'add constraint':
      return part('constraint', operation, operation.constraint.name)
    case 'create policy':
      return part('policy', operation, operation.policy.name)
    case 'swap':
      return part(swapped(operation.after), operation, operation.after.name)
    case 'create table':
      return whole('table', keyOf(operation.table))
    case 'create view':
      return whole(
        operation.view.materialized ? 'materialized view' : 'view',
        keyOf(operation.view),
      )
    case 'create enum':
      return whole('enum', keyOf(operation.enum))
    case 'replace enum':
      return whole('enum', keyOf(operation.before))
    case 'alter column': {
      const sequence = sequenceBehind(operation.after, operation) ?? leftoverOf(operation)
      if (sequence !== undefined) return whole('sequence', sequence)
      return resetsStorage(operation) ? part('storage', operation, operation.after.name) : undefined
    }
    case 'create sequence':
      return whole('sequence', keyOf(operation.sequence))
    case 'create schema':
      return { kind: 'schema', relation: '', name: operation.name }
    default:
      return undefined
  }
}

const swapped = (thing: object): 'constraint' | 'index' =>
  'kind' in thing ? 'constraint' : 'index'

function part(
  kind: MadeAgain['kind'],
  { table }: Extract<Operation, { table: { name: string } }>,
  name: string,
): MadeAgain {
  return { kind, relation: keyOf(table), name }
}

const whole = (kind: MadeAgain['kind'], relation: string): MadeAgain => ({
  kind,
  relation,
  name: '',
})

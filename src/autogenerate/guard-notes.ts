import { isEqual } from '../schema/equal.ts'
import { isSame, keyOf } from '../schema/names.ts'
import type { Guard, Operation } from '../schema/operation.ts'
import { isKey, partOf } from '../schema/parts.ts'
import { keepsForeignKeys, typeChange } from '../schema/type-change.ts'
import { quoteIdentifier } from '../sql/quote.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** Whether rows may hold something else in the column than they did. */
export function changesValues({ before, after, using }: AlterColumn): boolean {
  const isComputed = !isEqual(before.generated, after.generated)
  return using !== undefined || isComputed || typeChange(before, after)?.narrowing === true
}

/** What rows with other values may no longer fit, of the guards that are there while they get them. */
export function guardNotes(operation: AlterColumn, all: readonly Operation[]): readonly string[] {
  const { guards = [] } = operation
  if (!changesValues(operation) || isTakenOrRefused(operation)) return []
  return guards.filter((guard) => !all.some((one) => removes(one, guard))).map(guardNote)
}

/** Whether each value that is not refused stays itself: a shorter text, a smaller integer. */
function isTakenOrRefused({ before, after, using }: AlterColumn): boolean {
  const isPlain = ({ type }: { readonly type: string }) =>
    /^(smallint|integer|bigint|text|character varying)/.test(type)
  return using === undefined && isPlain(before) && isPlain(after) && keepsForeignKeys(before, after)
}

function removes(operation: Operation, { table, part }: Guard): boolean {
  return (
    (operation.kind === 'drop constraint' || operation.kind === 'drop index') &&
    isSame(operation.table, table) &&
    partOf(operation).name === part.name
  )
}

function guardNote({ table, part }: Guard): string {
  if (isKey(part)) {
    const columns = 'kind' in part ? part.columns : part.reads
    return `fails where two rows get the same ${columns.map(quoteIdentifier).join(', ')}`
  }
  const references = 'kind' in part ? part.references : undefined
  return references === undefined
    ? `fails where a row of ${keyOf(table)} no longer fits ${quoteIdentifier(part.name)}`
    : `fails where a row of ${keyOf(table)} then points at nothing in ${keyOf(references.table)}`
}

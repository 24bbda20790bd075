import { isEqual } from './equal.ts'
import { lostProtection } from './lost-protection.ts'
import { compareText, isSame } from './names.ts'
import type { Operation } from './operation.ts'
import { isKey, type Part, partOf } from './parts.ts'
import type { ColumnSnapshot } from './snapshot.ts'
import { typeChange } from './type-change.ts'

/** Whether a build that knows the schema before an operation may fail on the schema after it. */
export function isBreaking(operation: Operation): boolean {
  switch (operation.kind) {
    case 'drop table':
    case 'drop view':
    case 'drop sequence':
    case 'drop enum':
    case 'drop schema':
    case 'rename':
      return true
    // `ON CONFLICT ON CONSTRAINT` asks for the name.
    case 'rename constraint':
      return operation.isKey === true
    // `ON CONFLICT (…)` finds no key any more.
    case 'drop index':
    case 'drop constraint':
      return isKey(partOf(operation))
    case 'swap':
      return isKey(operation.before) && !isSameKey(operation.before, operation.after)
    case 'replace enum':
      return operation.before.values.some((value) => !operation.after.values.includes(value))
    case 'drop column':
    // A build that relies on row security shows what it must not.
    case 'disable row security':
    case 'drop policy':
      return true
    case 'add column':
      return isDemanded(operation.column)
    case 'alter column':
      return isTightened(operation.before, operation.after)
    default:
      return false
  }
}

/** The operations that are: a view or a generated column that only makes way for a moment does not count. */
export function breakingOperations(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(
    (operation) => isBreaking(operation) && !comesBack(operation, operations),
  )
}

function comesBack(operation: Operation, all: readonly Operation[]): boolean {
  if (operation.kind === 'drop view')
    return (
      all.some((other) => other.kind === 'create view' && isSame(other.view, operation.view)) &&
      lostProtection(operation, all) === null
    )
  if (operation.kind === 'drop policy') return lostProtection(operation, all) === null
  if (operation.kind === 'drop index' || operation.kind === 'drop constraint')
    return all.some(
      (other) =>
        (other.kind === 'create index' || other.kind === 'add constraint') &&
        isSame(other.table, operation.table) &&
        isSameKey(partOf(operation), partOf(other)),
    )
  if (operation.kind !== 'drop column') return false
  const { table, column } = operation
  return all.some(
    (other) =>
      other.kind === 'add column' &&
      isSame(other.table, table) &&
      other.column.name === column.name &&
      column.generated !== undefined,
  )
}

/** Whether `ON CONFLICT` finds the one as it found the other: by the columns and rows it makes unique, a constraint by its name too. */
function isSameKey(before: Part, after: Part): boolean {
  // An index has no name that could be asked for.
  const isFoundByName = !('kind' in before) || ('kind' in after && after.name === before.name)
  // `ON CONFLICT (lower(email))` wants that very expression.
  const shape = (part: Part) => {
    if ('kind' in part) return [part.columns.toSorted(compareText), undefined]
    const { reads, definition } = part
    return /\(.*\(/.test(definition.replace(/ (WITH|WHERE) .*/s, ''))
      ? [definition, undefined]
      : [reads, / WHERE .*/s.exec(definition)?.[0]]
  }
  return isKey(after) && isFoundByName && isEqual(shape(before), shape(after))
}

/** Whether an INSERT that does not name the column fails. */
function isDemanded({ notNull, default: value, generated, identity, serial }: ColumnSnapshot) {
  return notNull && !serial && [value, generated, identity].every((one) => one === undefined)
}

function isTightened(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  const change = typeChange(before, after)
  return (
    (change !== undefined && (change.how !== 'assigned' || change.narrowing)) ||
    (!before.notNull && after.notNull) ||
    (!isDemanded(before) && isDemanded(after)) ||
    (after.identity?.always === true && before.identity?.always !== true)
  )
}

import { quoteLiteral } from '../sql/quote.ts'
import { droppedSequence } from './ddl/sequence-position.ts'
import { lostProtection } from './lost-protection.ts'
import { columnKey, isSame, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import type { ObjectName } from './schema.ts'
import { typeChange } from './type-change.ts'
import { typeName } from './type-name.ts'

/**
 * What an operation loses that cannot be had again from the models: rows, positions, protection, another owner's view. In
 * words; null when nothing. `all` are the operations that it is one of: what comes back with them is not lost.
 */
export function dataLoss(operation: Operation, all: readonly Operation[]): string | null {
  switch (operation.kind) {
    case 'drop table':
      return `all rows of ${keyOf(operation.table)}`
    case 'drop column': {
      const { table, column } = operation
      // What is generated can be generated again.
      if (column.generated !== undefined) return null
      return `all values of ${columnKey(table, column.name)}`
    }
    case 'drop sequence':
      if (goesOver(operation.sequence, all)) return null
      return `the position of the sequence ${keyOf(operation.sequence)}`
    case 'replace enum': {
      const removed = operation.before.values.filter(
        (value) => !operation.after.values.includes(value),
      )
      if (removed.length === 0) return null
      return `${removed.map(quoteLiteral).join(', ')} of the enum ${keyOf(operation.after)}`
    }
    case 'alter column': {
      const lost = [lostValues(operation), lostSequence(operation)].filter((one) => one !== null)
      return lost.length === 0 ? null : lost.join(', and ')
    }
    case 'drop view': {
      const { view } = operation
      const comesBack = all.some(
        (other) => other.kind === 'create view' && isSame(other.view, view),
      )
      if (comesBack) return lostProtection(operation, all)
      return `the ${view.materialized ? 'materialized view' : 'view'} ${keyOf(view)}, which the models do not have`
    }
    default:
      return lostProtection(operation, all)
  }
}

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

function lostValues({ table, before, after, using }: AlterColumn): string | null {
  // The person who says how to convert knows what the expression keeps.
  if (using !== undefined) return null
  if (typeChange(before, after)?.narrowing !== true) return null
  return `values of ${columnKey(table, after.name)} that do not fit ${typeName(after)}`
}

/** The sequence behind the column goes, and none takes its place. */
function lostSequence(operation: AlterColumn): string | null {
  const sequence = droppedSequence(operation)
  return sequence && operation.position === undefined
    ? `the position of the sequence ${keyOf(sequence)}`
    : null
}

/** Whether another sequence goes on where this one stands. */
function goesOver(sequence: ObjectName, all: readonly Operation[]): boolean {
  return all.some(
    (other) =>
      other.kind === 'alter column' &&
      other.position !== undefined &&
      isSame(other.position.from, sequence),
  )
}

import { quoteLiteral } from '../sql/quote.ts'
import { columnKey, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import { typeChange } from './type-change.ts'
import { typeName } from './type-name.ts'

/** What an operation loses that is not in the schema, in words; null when nothing. */
export function dataLoss(operation: Operation): string | null {
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
      return `the position of the sequence ${keyOf(operation.sequence)}`
    case 'replace enum': {
      const removed = operation.before.values.filter(
        (value) => !operation.after.values.includes(value),
      )
      if (removed.length === 0) return null
      return `${removed.map(quoteLiteral).join(', ')} of the enum ${keyOf(operation.after)}`
    }
    case 'alter column': {
      const { table, before, after } = operation
      if (typeChange(before, after)?.narrowing !== true) return null
      return `values of ${columnKey(table, after.name)} that do not fit ${typeName(after)}`
    }
    default:
      return null
  }
}

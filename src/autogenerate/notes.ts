import type { Operation } from '../schema/operation.ts'
import type { ColumnSnapshot } from '../schema/snapshot.ts'
import { quoteLiteral } from '../sql/quote.ts'

/** What a person has to know of an operation beside what it loses, a line each; mostly nothing. */
export function operationNotes(
  operation: Operation,
  direction: 'upgrade' | 'downgrade',
): readonly string[] {
  const isBack = direction === 'downgrade'
  switch (operation.kind) {
    case 'drop view': {
      const { carries = [] } = operation.view
      return carries.length > 0 ? [`${carries.join(' and ')} on the view are lost`] : []
    }
    case 'create table':
      return isBack ? ['the table comes back, its rows do not'] : []
    case 'add column': {
      const { column } = operation
      if (needsValue(column)) return ['fails where the table has rows: NOT NULL, and no default']
      return isBack && column.generated === undefined
        ? ['the column comes back, its values do not']
        : []
    }
    case 'alter column':
      return !operation.before.notNull && operation.after.notNull
        ? ['fails while a row has no value in it']
        : []
    case 'replace enum': {
      const removed = operation.before.values.filter(
        (value) => !operation.after.values.includes(value),
      )
      return removed.length > 0
        ? [`fails while a row has ${removed.map(quoteLiteral).join(' or ')}`]
        : []
    }
    default:
      return []
  }
}

function needsValue({ notNull, default: value, generated, identity, serial }: ColumnSnapshot) {
  const isFilled = [value, generated, identity].some((source) => source !== undefined) || serial
  return notNull && !isFilled
}

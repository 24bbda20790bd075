import { droppedSequence, sequenceOf } from '../schema/ddl/sequence-position.ts'
import { isSame } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { isKey, partOf } from '../schema/parts.ts'
import type { ObjectName } from '../schema/schema.ts'
import { keepsForeignKeys, typeChange } from '../schema/type-change.ts'

/** Something that an operation changes, under the name that it has after the renames. */
export type Target =
  | {
      readonly of: 'column'
      readonly object: ObjectName
      readonly column: string
      /** `order`: to a type whose values have none. */
      readonly change: 'type' | 'order' | 'drop'
      /** Whether the new type cannot be compared with the old one. */
      readonly isRecast?: boolean
    }
  | {
      readonly of: 'relation' | 'type'
      readonly object: ObjectName
      /** `renew`: a sequence of the same name takes its place. */
      readonly change: 'drop' | 'renew'
    }

/** What an operation takes away, or changes such that PostgreSQL refuses it while something else leans on it. */
export function targetsOf(operation: Operation): readonly Target[] {
  switch (operation.kind) {
    case 'alter column': {
      const gone = leftSequence(operation)
      if (typeChange(operation.before, operation.after) === undefined) return gone
      return [
        ...gone,
        {
          of: 'column',
          object: operation.table,
          column: operation.after.name,
          change: WITHOUT_ORDER.has(operation.after.type) ? 'order' : 'type',
          isRecast: !keepsForeignKeys(operation.before, operation.after),
        },
      ]
    }
    case 'drop column':
      return [
        { of: 'column', object: operation.table, column: operation.column.name, change: 'drop' },
      ]
    case 'drop table':
      return [{ of: 'relation', object: operation.table, change: 'drop' }]
    case 'drop view':
      return [{ of: 'relation', object: operation.view, change: 'drop' }]
    case 'drop sequence':
      return [{ of: 'relation', object: operation.sequence, change: 'drop' }]
    case 'drop enum':
      return [{ of: 'type', object: operation.enum, change: 'drop' }]
    case 'replace enum':
      return [
        { of: 'type', object: operation.before, change: 'drop' },
        ...operation.columns.map(
          ({ table, column }): Target => ({ of: 'column', object: table, column, change: 'type' }),
        ),
      ]
    case 'drop index':
    case 'drop constraint':
    case 'swap': {
      const part = operation.kind === 'swap' ? operation.before : partOf(operation)
      const object = { ...operation.table, name: part.name }
      return isKey(part) ? [{ of: 'relation', object, change: 'drop' }] : []
    }
    default:
      return []
  }
}

/** The sequence behind the column where it goes, or makes way for another one of its name. */
function leftSequence(operation: AlterColumn): readonly Target[] {
  const { table, before, after } = operation
  const isRenewed =
    (before.serial && after.identity !== undefined) ||
    (before.identity !== undefined && after.serial)
  const sequence = isRenewed ? sequenceOf(table, before) : droppedSequence(operation)
  if (sequence === undefined) return []
  const isSameName = isRenewed && isSame(sequence, sequenceOf(table, after))
  return [{ of: 'relation', object: sequence, change: isSameName ? 'renew' : 'drop' }]
}

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** Types that no b-tree takes. */
const WITHOUT_ORDER = new Set('json xml point line lseg box path polygon circle'.split(' '))

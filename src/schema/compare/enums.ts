import { type Change, hasSameType, isReplaced, leavesEnum } from '../change.ts'
import { parentsOf } from '../inheritance.ts'
import { columnKey, isSame, nameOf } from '../names.ts'
import type { EnumColumn, Operation } from '../operation.ts'
import type { Enum } from '../schema.ts'
import type { ColumnSnapshot } from '../snapshot.ts'
import { bracketsOf } from '../type-name.ts'

/** Enums that come and go; values that are added one by one, else a new type in the old one's place. */
export function compareEnums(change: Change): readonly Operation[] {
  const { added, removed, common } = change.enums
  return [
    ...added.map((type): Operation => ({ kind: 'create enum', enum: type })),
    ...removed.map((type): Operation => ({ kind: 'drop enum', enum: type })),
    ...common.flatMap(([before, after]): readonly Operation[] =>
      isReplaced(change, before)
        ? [{ kind: 'replace enum', before, after, columns: columnsOf(change, before) }]
        : addedValues(before, after),
    ),
  ]
}

function addedValues(before: Enum, after: Enum): readonly Operation[] {
  const old = new Set(before.values)
  return after.values.flatMap((value, at): readonly Operation[] => {
    if (old.has(value)) return []
    const previous = after.values[at - 1]
    const next = before.values[0]
    const isLast = after.values.slice(at).every((later) => !old.has(later))
    const added = { kind: 'add enum value', enum: nameOf(after), value } as const
    if (isLast || next === undefined) return [added]
    if (previous === undefined) return [{ ...added, position: { where: 'before', value: next } }]
    return [{ ...added, position: { where: 'after', value: previous } }]
  })
}

/** Its columns, but those that are dropped or take another type before: see `order.ts`. */
function columnsOf(change: Change, type: Enum): readonly EnumColumn[] {
  const columns = change.changed.flatMap((table) => {
    const { from } = table
    const parents = parentsOf(change, table)
    return table.columns.common.flatMap(([before, after]): readonly EnumColumn[] => {
      if (before.enum === undefined || !isSame(before.enum, type)) return []
      if (change.lostColumns.has(columnKey(from, before.name))) return []
      if (leavesEnum(change, before, after)) return []
      // The table that it is inherited from takes it along.
      const isIt = ({ name }: { readonly name: string }) => name === before.name
      const parent = parents.find(({ from }) => from.columns.some(isIt))
      const brackets = bracketsOf(before)
      const stays =
        after.enum !== undefined && isSame(after.enum, type) && bracketsOf(after) === brackets
      if (parent !== undefined) {
        const value = parent.to.columns.find(isIt)?.default
        if (!stays || value === after.default) return []
        const own = after.default === undefined ? {} : { defaultAfter: after.default }
        return [{ table: nameOf(from), column: before.name, brackets, isDefaultOnly: true, ...own }]
      }
      return [
        {
          table: nameOf(from),
          column: before.name,
          brackets,
          ...(before.default !== undefined && { defaultBefore: before.default }),
          ...(stays &&
            before.default !== undefined &&
            after.default !== undefined && { defaultAfter: after.default }),
        },
      ]
    })
  })
  return [
    ...columns.filter(({ isDefaultOnly }) => !isDefaultOnly),
    ...columns.filter(({ isDefaultOnly }) => isDefaultOnly),
    ...defaultsThatMention(change, type),
  ]
}

/** Defaults of columns of other types: they lean on the enum all the same. */
function defaultsThatMention(change: Change, type: Enum): readonly EnumColumn[] {
  return change.changed.flatMap(({ from, columns }) =>
    columns.common.flatMap(([before, after]): readonly EnumColumn[] => {
      if (!mentions(before, type) || change.lostColumns.has(columnKey(from, before.name))) return []
      const stays = hasSameType(before, after) && after.default !== undefined
      return [
        {
          table: nameOf(from),
          column: before.name,
          brackets: '',
          isDefaultOnly: true,
          ...(stays && { defaultAfter: after.default }),
        },
      ]
    }),
  )
}

function mentions(column: ColumnSnapshot, type: Enum): boolean {
  return (
    column.default !== undefined && column.mentions?.some((other) => isSame(other, type)) === true
  )
}

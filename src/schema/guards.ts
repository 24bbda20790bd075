import type { Change } from './change.ts'
import { isSame, nameOf } from './names.ts'
import type { Guard } from './operation.ts'
import { isKey } from './parts.ts'
import type { ObjectName } from './schema.ts'

/** The guards of the database that PostgreSQL asks again about rows whose values of this column become others. */
export function guardsOf({ from }: Change, table: ObjectName, column: string): readonly Guard[] {
  return from.tables.flatMap((owner) => {
    const isOwn = isSame(owner, table)
    const constraints = owner.constraints.filter(
      ({ columns, references, validated }) =>
        validated &&
        ((isOwn && columns.includes(column)) ||
          (references && isSame(references.table, table) && references.columns.includes(column))),
    )
    const indexes = owner.indexes.filter(
      (index) => isOwn && isKey(index) && index.reads.includes(column),
    )
    return [...constraints, ...indexes].map((part): Guard => ({ table: nameOf(owner), part }))
  })
}

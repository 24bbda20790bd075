import type { Change } from './change.ts'
import { sequenceOf } from './ddl/sequence-position.ts'
import { isSame } from './names.ts'
import type { ObjectName } from './schema.ts'
import type { ColumnSnapshot, SequenceSnapshot, Snapshot } from './snapshot.ts'

/** The sequences on one side that the ones behind columns of the other take the place of: neither dropped nor created. */
export function leftoverSequences({ from, to, changed }: Change): readonly SequenceSnapshot[] {
  return changed.flatMap(({ to: table, columns }) =>
    columns.common.flatMap(
      ([before, after]) => leftoverSequence({ from, to }, table, before, after) ?? [],
    ),
  )
}

/** The one of a single column, which has no numbers by itself on the side where that is. */
export function leftoverSequence(
  { from, to }: { readonly from: Snapshot; readonly to: Snapshot },
  table: ObjectName,
  before: ColumnSnapshot,
  after: ColumnSnapshot,
): SequenceSnapshot | undefined {
  const isGaining = !hasSource(before) && isNumbered(after)
  const isLosing = isNumbered(before) && !hasSource(after)
  if (!isGaining && !isLosing) return undefined
  const [own, other] = isGaining ? [from, to] : [to, from]
  const name = sequenceOf(table, isGaining ? after : before)
  const isThere = ({ sequences }: Snapshot) => sequences.find((one) => isSame(one, name))
  return isThere(other) === undefined ? isThere(own) : undefined
}

const isNumbered = ({ serial, identity }: ColumnSnapshot) => serial || identity !== undefined
const hasSource = (column: ColumnSnapshot) => isNumbered(column) || column.default !== undefined

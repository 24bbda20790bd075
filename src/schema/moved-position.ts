import { identifierOf, sqlTokens } from '../sql/tokens.ts'
import { sequenceOf } from './ddl/sequence-position.ts'
import { isSame, nameOf } from './names.ts'
import type { ObjectName } from './schema.ts'
import { type Bounds, type MovedPosition, serialOptions } from './sequence-options.ts'
import type { ColumnSnapshot, SequenceSnapshot, Snapshot } from './snapshot.ts'

/** The position that goes over when a column gets its numbers from another sequence, which has none of its own yet. */
export function movedPosition(
  { from, to }: { readonly from: Snapshot; readonly to: Snapshot },
  table: ObjectName,
  before: ColumnSnapshot,
  after: ColumnSnapshot,
  leftover: SequenceSnapshot | undefined,
): MovedPosition | undefined {
  const own: Source | undefined = leftover && {
    kind: 'leftover',
    name: leftover,
    bounds: leftover.options,
  }
  const [old, now] = [sourceOf(from, table, before) ?? own, sourceOf(to, table, after) ?? own]
  if (old === undefined || now === undefined) return undefined
  if (old.kind === now.kind && (old.kind !== 'default' || isSame(old.name, now.name)))
    return undefined
  // What is there already has a position of its own.
  const isThere = from.sequences.some((one) => isSame(one, now.name))
  if (isThere && now.kind !== 'identity') return undefined
  return {
    from: nameOf(old.name),
    bounds: boundsOf(old.bounds),
    ...(now.kind === 'default' && { to: nameOf(now.name) }),
    newBounds: boundsOf(now.bounds),
  }
}

interface Source {
  readonly kind: 'serial' | 'identity' | 'default' | 'leftover'
  readonly name: ObjectName
  readonly bounds: Bounds
}

function sourceOf(
  { sequences }: Snapshot,
  table: ObjectName,
  column: ColumnSnapshot,
): Source | undefined {
  if (column.serial)
    return { kind: 'serial', name: sequenceOf(table, column), bounds: serialOptions(column) }
  if (column.identity !== undefined)
    return { kind: 'identity', name: sequenceOf(table, column), bounds: column.identity.options }
  const name = sequenceInDefault(column.default)
  const sequence = sequences.find((one) => name !== undefined && isSame(one, name))
  return sequence && { kind: 'default', name: sequence, bounds: sequence.options }
}

function boundsOf({ minValue, maxValue, start }: Bounds): Bounds {
  return { minValue, maxValue, start }
}

/** `s` of `nextval('s'::regclass)`, also within a cast; undefined of any other expression. */
function sequenceInDefault(expression = ''): ObjectName | undefined {
  const [, literal] = /^\(?nextval\('((?:[^']|'')+)'::regclass\)/.exec(expression) ?? []
  if (literal === undefined) return undefined
  const [first, dot, second] = sqlTokens(literal.replaceAll("''", "'"))
  const [one, other] = [identifierOf(first), identifierOf(second)]
  if (one === undefined) return undefined
  return dot === undefined || other === undefined ? { name: one } : { schema: one, name: other }
}

import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { keyOf, nameOf, truncatedName } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ObjectName, SequenceOptions } from '../schema.ts'
import type { MovedPosition } from '../sequence-options.ts'
import type { ColumnSnapshot } from '../snapshot.ts'

/** The sequence behind a serial or identity column: as read, or as PostgreSQL will name it. */
export function sequenceOf(table: ObjectName, column: ColumnSnapshot): ObjectName {
  if (column.sequence !== undefined) return column.sequence
  return { ...nameOf(table), name: ownedName(table.name, column.name) }
}

/** The sequence behind a column that goes with this change of it; undefined where there is none, or it stays. */
export function droppedSequence({
  table,
  before,
  after,
}: Extract<Operation, { kind: 'alter column' }>): ObjectName | undefined {
  if (before.identity !== undefined && after.identity === undefined)
    return sequenceOf(table, before)
  if (!before.serial || after.serial) return undefined
  const sequence = sequenceOf(table, before)
  const stays = after.sequence !== undefined && keyOf(after.sequence) === keyOf(sequence)
  return stays ? undefined : sequence
}

/** Gives the sequence of a serial column that was made here the name that it had, where PostgreSQL chooses another one. */
export function renameOwned(
  table: ObjectName,
  { serial, name, sequence }: ColumnSnapshot,
): readonly string[] {
  const made = ownedName(table.name, name)
  if (!serial || sequence === undefined || sequence.name === made) return []
  const chosen = keyOf({ ...nameOf(table), name: made })
  return [`ALTER SEQUENCE ${chosen} RENAME TO ${quoteIdentifier(sequence.name)}`]
}

/** SQL of the sequence behind a column that has just become an identity, whatever name was free. */
export function sequenceOfIdentity({
  table,
  after: { name },
  mayOwnOthers,
}: Extract<Operation, { kind: 'alter column' }>): string {
  const [relation, column] = [keyOf(table), name].map(quoteLiteral)
  if (mayOwnOthers !== true) return `pg_get_serial_sequence(${relation}, ${column})`
  // That takes one that the column only owns for it.
  return `(SELECT d.objid::regclass FROM pg_depend d JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
    WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND a.attrelid = ${relation}::regclass AND a.attname = ${column})`
}

/** A sequence as an argument of nextval() and its like. */
export function sequenceLiteral(sequence: ObjectName): string {
  return quoteLiteral(keyOf(sequence))
}

/**
 * Puts a sequence behind the values that the column holds already; does nothing in an empty table. One that was there before,
 * `from`, is never put back.
 */
export function continueAfterRows(
  table: ObjectName,
  column: string,
  sequence: string,
  options: { readonly increment: string; readonly start: string; readonly from?: ObjectName } = {
    increment: '1',
    start: '1',
  },
): string {
  const name = quoteIdentifier(column)
  const isDescending = options.increment.startsWith('-')
  const last = `${isDescending ? 'min' : 'max'}(${name})`
  const from = options.from && `(SELECT last_value FROM ${keyOf(options.from)})`
  const reached = `${last} ${isDescending ? '<=' : '>='} ${from ?? options.start}`
  return `SELECT setval(${sequence}, ${last}) FROM ${keyOf(table)} HAVING ${reached}`
}

/** Stands for a sequence that another one takes the place and the name of. */
export function formerSequence(table: ObjectName): ObjectName {
  return { ...nameOf(table), name: 'limbeck_former_sequence' }
}

/**
 * Lets a new sequence go on where another one stands, number by number: `last_value` and `is_called`, not the largest value
 * that is left in the table. `target` is an argument of setval().
 */
export function continueAfterSequence(
  target: string,
  from: ObjectName,
  { bounds, newBounds: { minValue, maxValue, start } }: Pick<MovedPosition, 'bounds' | 'newBounds'>,
): string {
  const isInside =
    BigInt(minValue) <= BigInt(bounds.minValue) && BigInt(maxValue) >= BigInt(bounds.maxValue)
  const position = isInside
    ? 'last_value, is_called'
    : `least(greatest(last_value, ${minValue}), ${maxValue}), is_called AND last_value BETWEEN ${minValue} AND ${maxValue}`
  // One that never gave a number away leaves the start to the new one.
  const isUsed = start === bounds.start ? '' : ` WHERE is_called OR last_value <> ${bounds.start}`
  return `SELECT setval(${target}, ${position}) FROM ${keyOf(from)}${isUsed}`
}

/**
 * What a sequence's position needs before its bounds get narrower, since PostgreSQL refuses bounds that leave it
 * outside: it is moved to the nearest value that both ranges hold, or begins again where there is none.
 */
export function keptPosition(
  sequence: string,
  before: Required<SequenceOptions>,
  after: Required<SequenceOptions>,
): { readonly position: readonly string[]; readonly restart: readonly string[] } {
  const [oldMin, oldMax] = [BigInt(before.minValue), BigInt(before.maxValue)]
  const [min, max] = [BigInt(after.minValue), BigInt(after.maxValue)]
  if (min <= oldMin && max >= oldMax) return { position: [], restart: [] }
  if (min > oldMax || max < oldMin) return { position: [], restart: ['RESTART'] }
  const nearest = `least(greatest(last_value, ${min}), ${max})`
  const isUsed = `is_called AND last_value BETWEEN ${min} AND ${max}`
  const position = `SELECT setval(${quoteLiteral(sequence)}, ${nearest}, ${isUsed}) FROM ${sequence}`
  return { position: [position], restart: [] }
}

/** PostgreSQL's own name for it: the longer of the two names is cut until all fits. */
function ownedName(table: string, column: string): string {
  let [first, second] = [table, column]
  const bytes = (text: string) => new TextEncoder().encode(text).length
  while (bytes(`${first}_${second}_seq`) > 63) {
    if (bytes(first) > bytes(second)) first = truncatedName(first, bytes(first) - 1)
    else second = truncatedName(second, bytes(second) - 1)
  }
  return `${first}_${second}_seq`
}

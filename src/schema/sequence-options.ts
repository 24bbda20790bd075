import type { ObjectName, SequenceOptions } from './schema.ts'
import type { ColumnSnapshot } from './snapshot.ts'

/** What a sequence's position may be. */
export type Bounds = Pick<Required<SequenceOptions>, 'minValue' | 'maxValue' | 'start'>

/** A sequence that another one takes the place of: the numbers it has handed out do not come back. */
export interface MovedPosition {
  readonly from: ObjectName
  readonly bounds: Bounds
  /** The sequence of the new default; none where it is behind the column. */
  readonly to?: ObjectName
  readonly newBounds: Bounds
}

/** What PostgreSQL gives the sequence behind a serial column of that integer type. */
function optionsOfSerial(type: string): Required<SequenceOptions> {
  const maxValue = `${2n ** BigInt(bitsOf(type)) - 1n}`
  return { increment: '1', minValue: '1', maxValue, start: '1', cache: '1', cycle: false }
}

/** Of the sequence behind a serial column. */
export function serialOptions({
  type,
  serialOptions: given,
}: Pick<ColumnSnapshot, 'type' | 'serialOptions'>): Required<SequenceOptions> {
  return given ?? optionsOfSerial(type)
}

const OPTIONS = ['increment', 'minValue', 'maxValue', 'start', 'cache', 'cycle'] as const

/**
 * The options that must have been given: without what PostgreSQL fills in by type and direction.
 * Sequences that differ in nothing but their type have the same.
 */
export function givenOptions(options: Required<SequenceOptions>, type: string): SequenceOptions {
  const defaults = defaultOptions(options, type)
  const given = OPTIONS.filter((name) => options[name] !== defaults[name])
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

/** Those of a sequence whose type changes: what was given stays, bounds that the new type cannot have do not. */
export function retypedOptions(
  options: Required<SequenceOptions>,
  from: string,
  to: string,
): Required<SequenceOptions> {
  const given = givenOptions(options, from)
  const isOutside = (bound = '0') => BigInt.asIntN(bitsOf(to) + 1, BigInt(bound)) !== BigInt(bound)
  const { minValue, maxValue } = defaultOptions(options, to)
  const all = {
    ...options,
    minValue: isOutside(given.minValue) ? minValue : (given.minValue ?? minValue),
    maxValue: isOutside(given.maxValue) ? maxValue : (given.maxValue ?? maxValue),
  }
  const { start } = defaultOptions(all, to)
  return { ...all, start: isOutside(given.start) ? start : (given.start ?? start) }
}

/** What PostgreSQL fills in, by type and direction; the start by the bounds. */
function defaultOptions(
  { increment, minValue, maxValue }: Required<SequenceOptions>,
  type: string,
): Required<SequenceOptions> {
  const bits = BigInt(bitsOf(type))
  const isDescending = increment.startsWith('-')
  return {
    increment: '1',
    minValue: isDescending ? `${-(2n ** bits)}` : '1',
    maxValue: isDescending ? '-1' : `${2n ** bits - 1n}`,
    start: isDescending ? maxValue : minValue,
    cache: '1',
    cycle: false,
  }
}

/** Whether a sequence of the second type holds fewer numbers than one of the first. */
export function isNarrowerSequence(before: string, after: string): boolean {
  return bitsOf(after) < bitsOf(before)
}

function bitsOf(type: string): number {
  return { smallint: 15, integer: 31 }[type] ?? 63
}

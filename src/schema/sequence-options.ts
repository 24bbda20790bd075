import type { ObjectName, SequenceOptions } from './schema.ts'

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
export function optionsOfSerial(type: string): Required<SequenceOptions> {
  const bits = { smallint: 15n, integer: 31n }[type] ?? 63n
  const maxValue = `${2n ** bits - 1n}`
  return { increment: '1', minValue: '1', maxValue, start: '1', cache: '1', cycle: false }
}

const OPTIONS = ['increment', 'minValue', 'maxValue', 'start', 'cache', 'cycle'] as const

/**
 * The options that must have been given: without what PostgreSQL fills in by type and direction.
 * Sequences that differ in nothing but their type have the same.
 */
export function givenOptions(options: Required<SequenceOptions>, type: string): SequenceOptions {
  const bits = { smallint: 15n, integer: 31n }[type] ?? 63n
  const isDescending = options.increment.startsWith('-')
  const defaults: Required<SequenceOptions> = {
    increment: '1',
    minValue: isDescending ? `${-(2n ** bits)}` : '1',
    maxValue: isDescending ? '-1' : `${2n ** bits - 1n}`,
    start: isDescending ? options.maxValue : options.minValue,
    cache: '1',
    cycle: false,
  }
  const given = OPTIONS.filter((name) => options[name] !== defaults[name])
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

import { qualifiedName } from '../../sql/quote.ts'
import { keyOf } from '../names.ts'
import type { ObjectName, Sequence, SequenceOptions } from '../schema.ts'
import { givenOptions, serialOptions } from '../sequence-options.ts'
import type { ColumnSnapshot, SequenceSnapshot } from '../snapshot.ts'
import {
  continueAfterRows,
  keptPosition,
  renameOwned,
  sequenceLiteral,
  sequenceOf,
} from './sequence-position.ts'

/** `CREATE SEQUENCE` with the options the model names. */
export function createSequence({ schema, name, options }: Sequence): string {
  return ['CREATE SEQUENCE', qualifiedName(schema, name), ...sequenceOptions(options)].join(' ')
}

/** The options as clauses, for a sequence of its own and for the one behind an identity column. */
export function sequenceOptions(options: SequenceOptions): readonly string[] {
  const clauses: string[] = []
  if (options.increment !== undefined) clauses.push(`INCREMENT BY ${options.increment}`)
  if (options.minValue !== undefined) clauses.push(`MINVALUE ${options.minValue}`)
  if (options.maxValue !== undefined) clauses.push(`MAXVALUE ${options.maxValue}`)
  if (options.start !== undefined) clauses.push(`START WITH ${options.start}`)
  if (options.cache !== undefined) clauses.push(`CACHE ${options.cache}`)
  if (options.cycle === true) clauses.push('CYCLE')
  return clauses
}

/** The same for a sequence as PostgreSQL spells it. */
export function createSequenceAgain({ type, options, ...name }: SequenceSnapshot): string {
  const clauses = [
    ...(type === 'bigint' ? [] : [`AS ${type}`]),
    ...sequenceOptions(givenOptions(options, type)),
  ]
  return ['CREATE SEQUENCE', keyOf(name), ...clauses].join(' ')
}

/** Type and options of the sequence behind a serial column. */
export function serialClauses(column: ColumnSnapshot): readonly string[] {
  const { type } = column
  return [`AS ${type}`, ...sequenceOptions(givenOptions(serialOptions(column), type))]
}

/** The sequence of a serial column that has just been made as it was, by name and by options; ADD COLUMN numbers `rows`. */
export function serialAgain(
  table: ObjectName,
  column: ColumnSnapshot,
  rows: 'rows' | 'no rows',
): readonly string[] {
  const renamed = renameOwned(table, column)
  const { serialOptions: given, type, name } = column
  if (given === undefined) return renamed
  const sequence = sequenceOf(table, column)
  const clauses = [...sequenceOptions(givenOptions(given, type)), 'RESTART']
  return [
    ...renamed,
    ['ALTER SEQUENCE', keyOf(sequence), ...clauses].join(' '),
    ...(rows === 'rows' ? [continueAfterRows(table, name, sequenceLiteral(sequence), given)] : []),
  ]
}

/** `DROP SEQUENCE`. */
export function dropSequence(name: ObjectName): string {
  return `DROP SEQUENCE ${keyOf(name)}`
}

/** `ALTER SEQUENCE` with the options that change; none where they differ only in what the type brings along. */
export function alterSequence(
  before: SequenceSnapshot,
  after: SequenceSnapshot,
): readonly string[] {
  const clauses = changedOptions(before, after)
  if (clauses.length === 0) return []
  const { position, restart } = keptPosition(keyOf(after), before.options, after.options)
  return [...position, ['ALTER SEQUENCE', keyOf(after), ...clauses, ...restart].join(' ')]
}

interface TypedOptions {
  readonly type: string
  readonly options: Required<SequenceOptions>
}

/** Clauses that lead from one set of options to the other, without what a new type brings along. */
export function changedOptions(before: TypedOptions, after: TypedOptions): readonly string[] {
  const old = givenOptions(before.options, before.type)
  const given = givenOptions(after.options, after.type)
  const names = Object.keys(after.options) as (keyof SequenceOptions)[]
  const isBound = (name: keyof SequenceOptions) => name === 'minValue' || name === 'maxValue'
  const isRetyped = before.type !== after.type && old.increment === given.increment
  return names
    .filter((name) =>
      isRetyped && isBound(name)
        ? old[name] !== given[name]
        : before.options[name] !== after.options[name],
    )
    .flatMap((name) =>
      given[name] === undefined
        ? backToDefault(name, after.options)
        : sequenceOptions({ [name]: given[name] }),
    )
}

function backToDefault(
  name: keyof SequenceOptions,
  options: Required<SequenceOptions>,
): readonly string[] {
  if (name === 'minValue') return ['NO MINVALUE']
  if (name === 'maxValue') return ['NO MAXVALUE']
  if (name === 'cycle') return ['NO CYCLE']
  return sequenceOptions({ [name]: options[name] })
}

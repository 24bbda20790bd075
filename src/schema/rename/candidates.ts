import { isEqual } from '../equal.ts'
import { keyedDiff } from '../keyed-diff.ts'
import { keyOf, nameOf } from '../names.ts'
import type { Rename } from '../operation.ts'
import { givenOptions } from '../sequence-options.ts'
import type { SequenceSnapshot, Snapshot, TableSnapshot } from '../snapshot.ts'
import { typeName } from '../type-name.ts'

/** Something is gone, and something new may be the same under another name. */
export interface RenameQuestion {
  /** All from the same old name. */
  readonly candidates: readonly Rename[]
}

/**
 * What may have been renamed between the two, never more than a question. Views are no part of it: one that is dropped
 * and created loses nothing.
 */
export function renameCandidates(from: Snapshot, to: Snapshot): readonly RenameQuestion[] {
  return [
    ...tableQuestions(from, to),
    ...keyedDiff(from.tables, to.tables, keyOf).common.flatMap(columnQuestions),
    ...enumQuestions(from, to),
    ...valueQuestions(from, to),
    ...sequenceQuestions(from, to),
  ].filter(({ candidates }) => candidates.length > 0)
}

function tableQuestions(from: Snapshot, to: Snapshot): readonly RenameQuestion[] {
  const { added, removed } = keyedDiff(from.tables, to.tables, keyOf)
  const columnsOf = (table: TableSnapshot) =>
    table.columns.map((column) => `${column.name} ${typeName(column)}`)
  return removed
    .filter((table) => !table.special && table.ledger !== true)
    .map((old) => ({
      candidates: added
        .filter((table) => shareHalf(columnsOf(old), columnsOf(table)))
        .map((table): Rename => ({ of: 'table', from: nameOf(old), to: nameOf(table) })),
    }))
}

function columnQuestions([from, to]: readonly [TableSnapshot, TableSnapshot]) {
  const { added, removed } = keyedDiff(from.columns, to.columns, ({ name }) => name)
  const isPlausible = (column: (typeof removed)[number]) => column.generated === undefined
  return removed.filter(isPlausible).map(
    (old): RenameQuestion => ({
      candidates: added
        .filter((column) => isPlausible(column) && typeName(column) === typeName(old))
        .map(({ name }): Rename => ({ of: 'column', table: nameOf(to), from: old.name, to: name })),
    }),
  )
}

function enumQuestions(from: Snapshot, to: Snapshot): readonly RenameQuestion[] {
  const { added, removed } = keyedDiff(from.enums, to.enums, keyOf)
  return removed.map((old) => ({
    candidates: added
      .filter((type) => shareHalf(old.values, type.values))
      .map((type): Rename => ({ of: 'enum', from: nameOf(old), to: nameOf(type) })),
  }))
}

function valueQuestions(from: Snapshot, to: Snapshot): readonly RenameQuestion[] {
  return keyedDiff(from.enums, to.enums, keyOf).common.flatMap(([before, after]) =>
    before.values.map((value, at): RenameQuestion => {
      const other = after.values[at]
      const isRenamed =
        other !== undefined && !after.values.includes(value) && !before.values.includes(other)
      return {
        candidates: isRenamed
          ? [{ of: 'enum value', enum: nameOf(after), from: value, to: other }]
          : [],
      }
    }),
  )
}

function sequenceQuestions(from: Snapshot, to: Snapshot): readonly RenameQuestion[] {
  const { added, removed } = keyedDiff(from.sequences, to.sequences, keyOf)
  const optionsOf = ({ options, type }: SequenceSnapshot) => givenOptions(options, type)
  return removed
    .filter((sequence) => !sequence.owned)
    .map((old) => ({
      candidates: added
        .filter((sequence) => isEqual(optionsOf(old), optionsOf(sequence)))
        .map((one): Rename => ({ of: 'sequence', from: nameOf(old), to: nameOf(one) })),
    }))
}

/** At least half of the shorter list is in the other one. */
function shareHalf(a: readonly string[], b: readonly string[]): boolean {
  const shared = a.filter((item) => b.includes(item)).length
  return shared > 0 && shared * 2 >= Math.min(a.length, b.length)
}

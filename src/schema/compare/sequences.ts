import type { Change } from '../change.ts'
import { isEqual } from '../equal.ts'
import { keyedDiff } from '../keyed-diff.ts'
import { leftoverSequences } from '../leftover-sequence.ts'
import { isSame, keyOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ObjectName } from '../schema.ts'
import { givenOptions } from '../sequence-options.ts'
import type { SequenceSnapshot, Snapshot } from '../snapshot.ts'

/** Sequences of their own. One that a serial column takes over, or leaves behind, is neither dropped nor created. */
export function compareSequences(change: Change): readonly Operation[] {
  const { from, to } = change
  const { added, removed, common } = keyedDiff(from.sequences, to.sequences, keyOf)
  const leftover = leftoverSequences(change)
  const isLeftover = (sequence: ObjectName) => leftover.some((one) => isSame(one, sequence))
  return [
    ...added
      .filter((sequence) => !isBehindSerial(from, sequence) && !isLeftover(sequence))
      .map((sequence): Operation => ({ kind: 'create sequence', sequence })),
    ...removed
      .filter((sequence) => !isBehindSerial(to, sequence) && !isLeftover(sequence))
      .map((sequence): Operation => ({ kind: 'drop sequence', sequence })),
    ...common
      .filter(([before, after]) => !isEqual(optionsOf(before), optionsOf(after)))
      .map(([before, after]): Operation => ({ kind: 'alter sequence', before, after })),
  ]
}

/** Whether the sequence is the one behind a serial column. */
function isBehindSerial({ tables }: Snapshot, sequence: ObjectName): boolean {
  return tables.some(({ columns }) =>
    columns.some(
      (column) =>
        column.serial && column.sequence !== undefined && isSame(column.sequence, sequence),
    ),
  )
}

function optionsOf({ options, type }: SequenceSnapshot) {
  return givenOptions(options, type)
}

import { isSame } from '../../schema/names.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type { ColumnRow } from './columns.ts'
import type { SequenceRow } from './sequences.ts'

/**
 * The sequence behind each identity or serial column. That of a serial column is owned by it, and its nextval() is exactly
 * the column's default; the type must be an integer one, since there are text columns with `nextval()::text`. One that the
 * models have `declared` apart from any column is behind none, even where one owns it.
 */
export function sequencesBehind(
  columns: readonly ColumnRow[],
  sequences: readonly SequenceRow[],
  declared: readonly ObjectName[] = [],
): ReadonlyMap<ColumnRow, SequenceRow> {
  const isDeclared = (sequence: SequenceRow) =>
    sequence.owner?.how === 'a' && declared.some((one) => isSame(one, sequence))
  const byNumber = new Map(columns.map((column) => [`${column.table}.${column.number}`, column]))
  return new Map(
    sequences.flatMap((sequence) => {
      const { owner } = sequence
      const column = owner && byNumber.get(`${owner.table}.${owner.number}`)
      return column && isBehind(sequence, column) && !isDeclared(sequence)
        ? [[column, sequence] as const]
        : []
    }),
  )
}

function isBehind({ owner, nextValue }: SequenceRow, column: ColumnRow): boolean {
  if (owner?.how === 'i') return column.identity !== ''
  return integerTypes.has(column.type) && column.expression === nextValue
}

const integerTypes: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])

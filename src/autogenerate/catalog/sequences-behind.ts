import type { ColumnRow } from './columns.ts'
import type { SequenceRow } from './sequences.ts'

/**
 * The sequence behind each identity or serial column. That of a serial column is owned by it, and its nextval() is exactly
 * the column's default; the type must be an integer one, since there are text columns with `nextval()::text`.
 */
export function sequencesBehind(
  columns: readonly ColumnRow[],
  sequences: readonly SequenceRow[],
): ReadonlyMap<ColumnRow, SequenceRow> {
  const byNumber = new Map(columns.map((column) => [`${column.table}.${column.number}`, column]))
  return new Map(
    sequences.flatMap((sequence) => {
      const { owner } = sequence
      const column = owner && byNumber.get(`${owner.table}.${owner.number}`)
      return column && isBehind(sequence, column) ? [[column, sequence] as const] : []
    }),
  )
}

function isBehind({ owner, nextValue }: SequenceRow, column: ColumnRow): boolean {
  if (owner?.how === 'i') return column.identity !== ''
  return integerTypes.has(column.type) && column.expression === nextValue
}

const integerTypes: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])

import type { PgArray, PgColumn } from 'drizzle-orm/pg-core'
import { isVersion1, version1Dimensions } from './version.ts'

/** A column without its array levels. */
export interface ElementColumn {
  readonly element: PgColumn
  readonly dimensions: number
  readonly brackets: string
}

/** Looks through the array levels, which 0.45 nests as columns and 1.0 counts. */
export function elementColumn(column: PgColumn): ElementColumn {
  if (isVersion1(column)) {
    const dimensions = version1Dimensions(column)
    return { element: column, dimensions, brackets: '[]'.repeat(dimensions) }
  }
  let element = column
  let dimensions = 0
  let brackets = ''
  while (element.columnType === 'PgArray') {
    const array = element as PgArray<never, never>
    brackets = `[${array.size ?? ''}]${brackets}`
    dimensions += 1
    element = array.baseColumn as PgColumn
  }
  return { element, dimensions, brackets }
}

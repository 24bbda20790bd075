import type { PgColumn } from 'drizzle-orm/pg-core'

/** What drizzle-orm 1.0 has and 0.45, against which we compile, does not know. */
interface Version1Column {
  /** Array dimensions; in 0.45 an array is a column around a column. */
  readonly dimensions?: number
}

/** The same question for keys, uniques, indexes (a flag) and foreign keys (a method): did the model name it? */
interface Version1Named {
  readonly isNameExplicit?: boolean | (() => boolean)
}

/** Whether the column was made by drizzle-orm 1.0, whose defaults and names differ from 0.45's. */
export function isVersion1(column: PgColumn): boolean {
  return 'isAlias' in column
}

/** The array dimensions of a column of drizzle-orm 1.0. */
export function version1Dimensions(column: PgColumn): number {
  return (column as Version1Column).dimensions ?? 0
}

/** Whether the model names the object; undefined with drizzle-orm 0.45, which cannot tell. */
export function isNameExplicit(object: object): boolean | undefined {
  const { isNameExplicit: flag } = object as Version1Named
  return typeof flag === 'function' ? flag.call(object) : flag
}

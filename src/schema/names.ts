import { qualifiedName, quoteIdentifier } from '../sql/quote.ts'
import type { ObjectName } from './schema.ts'

/** An object's name as one string: what maps and sets of objects are keyed by. */
export function keyOf({ schema, name }: ObjectName): string {
  return qualifiedName(schema, name)
}

/** Whether both are names of one object. */
export function isSame(a: ObjectName, b: ObjectName): boolean {
  return a.name === b.name && a.schema === b.schema
}

/** A column's name as one string. */
export function columnKey(table: ObjectName, column: string): string {
  return `${keyOf(table)}.${quoteIdentifier(column)}`
}

/** Only the name of an object, for an operation on it. */
export function nameOf({ schema, name }: ObjectName): ObjectName {
  return schema === undefined ? { name } : { schema, name }
}

/** Order by code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** A copy in the order of its keys. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => compareText(key(a), key(b)))
}

const utf8 = new TextEncoder()

/** The longest prefix that PostgreSQL keeps of a name: 63 bytes, no character cut in two. */
export function truncatedName(name: string, bytes = 63): string {
  // Asked of every name of the models, most of which are short: a code unit has three bytes at most.
  if (name.length * 3 <= bytes || utf8.encode(name).length <= bytes) return name
  let kept = ''
  let length = 0
  for (const character of name) {
    length += utf8.encode(character).length
    if (length > bytes) break
    kept += character
  }
  return kept
}

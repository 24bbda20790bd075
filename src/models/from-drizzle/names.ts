import type { ForeignKey, PgColumn, PrimaryKey } from 'drizzle-orm/pg-core'
import type { Renderer } from './sql.ts'
import { isNameExplicit } from './version.ts'

/** The longest name that drizzle-kit 1.0 leaves as it is. */
const MAX_NAME_LENGTH = 63
const HASH_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const HASH_LENGTH = 12

/** drizzle-kit's name for a primary key declared on the table; undefined where PostgreSQL names it (1.0). */
export function primaryKeyName(key: PrimaryKey, renderer: Renderer): string | undefined {
  if (isNameExplicit(key) === false) return undefined
  return cased(key.getName(), key.columns, renderer)
}

/** drizzle-kit's name for a foreign key, of the drizzle-orm version that made it. */
export function foreignKeyName(
  key: ForeignKey,
  tableName: string,
  foreignTableName: string,
  renderer: Renderer,
): string {
  const { columns, foreignColumns } = key.reference()
  if (isNameExplicit(key) !== false)
    return cased(key.getName(), [...columns, ...foreignColumns], renderer)
  const names = (list: readonly PgColumn[]) => list.map((column) => column.name)
  const parts = [tableName, ...names(columns), foreignTableName, ...names(foreignColumns)]
  const name = `${parts.join('_')}_fkey`
  if (name.length <= MAX_NAME_LENGTH) return name
  return tableName.length < 45 ? `${tableName}_${hash(name)}_fkey` : `${hash(name)}_fkey`
}

/** drizzle-kit's name for an index without one, the same in both versions. */
export function indexName(tableName: string, columns: readonly string[]): string {
  return `${tableName}_${columns.join('_')}_index`
}

/** drizzle-kit 0.31 puts cased column names into the finished name, first occurrence first, into given names too. */
function cased(name: string, columns: readonly PgColumn[], renderer: Renderer): string {
  if (renderer.casing === undefined) return name
  return columns.reduce(
    (result, column) => result.replace(column.name, renderer.columnName(column)),
    name,
  )
}

/** drizzle-kit 1.0's hash of names that are too long. */
function hash(text: string): string {
  const base = BigInt(HASH_ALPHABET.length)
  const range = base ** BigInt(HASH_LENGTH)
  let power = 1n
  let sum = 0n
  for (const character of text) {
    sum = (sum + BigInt(character.codePointAt(0) ?? 0) * power) % range
    power = (power * 53n) % range
  }
  let digits = ''
  for (let at = 0; at < HASH_LENGTH; at++) {
    digits = HASH_ALPHABET[Number(sum % base)] + digits
    sum /= base
  }
  return digits
}

import { LimbeckError } from '../errors.ts'
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { textArray } from './tables.ts'

/** What a concurrent index statement speaks of. */
export interface ConcurrentIndex {
  readonly action: 'create' | 'drop' | 'reindex'
  readonly schema: string | null
  readonly name: string | null
  readonly table: string | null
}

interface IndexState extends Row {
  readonly schema: string
  readonly name: string
  readonly valid: boolean
}

/**
 * Whether a statement that was interrupted has had its whole effect. What it left half-done is removed, so that it can be
 * sent again: an INVALID index of that name, or the `_ccnew` and `_ccold` copies of a REINDEX.
 */
export async function settleConcurrentIndex(
  connection: Connection,
  index: ConcurrentIndex,
): Promise<boolean> {
  await dropInvalid(connection, index)
  if (index.action === 'reindex' || index.name === null) return false
  const exists = (await findIndexes(connection, index)).some(({ name }) => name === index.name)
  return index.action === 'create' ? exists : !exists
}

/** Drops what a failed build left behind, and returns the names. */
export async function dropInvalid(
  connection: Connection,
  index: ConcurrentIndex,
): Promise<readonly string[]> {
  if (index.action === 'drop') return []
  const invalid = (await findIndexes(connection, index)).filter(({ valid }) => !valid)
  for (const { schema, name } of invalid)
    await connection.query(`DROP INDEX CONCURRENTLY ${qualifiedName(schema, name)}`)
  return invalid.map(({ name }) => name)
}

/** Behind a build that has reported success: IF NOT EXISTS does for an INVALID index, too. Drops it and throws. */
export async function refuseInvalid(connection: Connection, index: ConcurrentIndex): Promise<void> {
  if (index.action !== 'create') return
  const dropped = await dropInvalid(connection, index)
  if (dropped.length > 0)
    throw new LimbeckError(
      'LIMBECK_STEP_FAILED',
      `index ${dropped.join(', ')} was INVALID and is dropped`,
      { hint: 'Run it again: the index is then built.' },
    )
}

// By name where the statement gives one, with the copies that REINDEX makes; else all invalid ones of the table.
async function findIndexes(
  connection: Connection,
  index: ConcurrentIndex,
): Promise<readonly IndexState[]> {
  const { schema, table } = index
  // Where the revision's own statements look: asked before the path is another one.
  const [found] = await connection.query<{ path: readonly string[]; relation: number | null }>(
    `SELECT pg_catalog.to_json(pg_catalog.current_schemas(false)) AS path, ${
      table === null
        ? 'NULL'
        : `pg_catalog.to_regclass(${quoteLiteral(tableText(schema, table))})::pg_catalog.oid`
    } AS relation`,
  )
  const byTable = table === null ? '' : `AND i.indrelid = ${found?.relation ?? 'NULL'}`
  const schemas = schema === null ? (found?.path ?? []) : [schema]
  const bySchema = `AND n.nspname = ANY (${textArray(schemas)})`
  return connection.ask<IndexState>(`
SELECT n.nspname AS schema, c.relname AS name, i.indisvalid AS valid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${isOfBuild(index)} ${byTable} ${bySchema}`)
}

/** SQL condition: the index that is built, or a copy that a REINDEX of it has left. */
function isOfBuild({ name, action }: ConcurrentIndex): string {
  const original = name === null ? "'.*'" : quoteLiteral(escapeRegex(name))
  const copies = `NOT i.indisvalid AND c.relname ~ ('^' || ${original} || '_cc(new|old)\\d*$')`
  // What was INVALID before its REINDEX is not the build's to drop: only the copies are.
  if (action === 'reindex') return copies
  return name === null ? 'NOT i.indisvalid' : `(c.relname = ${quoteLiteral(name)} OR (${copies}))`
}

function tableText(schema: string | null, table: string): string {
  return schema === null ? quoteIdentifier(table) : qualifiedName(schema, table)
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

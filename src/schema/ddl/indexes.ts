import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts'
import { closed } from '../../sql/tokens.ts'
import { indexExpression } from '../expression.ts'
import { keyOf } from '../names.ts'
import type { Index, IndexElement, ObjectName } from '../schema.ts'
import type { ConstraintSnapshot, IndexSnapshot } from '../snapshot.ts'
import { storageClause } from './storage.ts'

/** `CREATE INDEX`; `online` while others write the table, never in a transaction. */
export function createIndex(table: ObjectName, index: Index, online = false): string {
  const clauses = [indexHead(table, index, online)]
  if (index.method !== 'btree') clauses.push(`USING ${index.method}`)
  clauses.push(`(${index.elements.map(indexElement).join(', ')})`, ...storageClause(index.storage))
  if (index.where !== undefined) clauses.push(`WHERE ${closed(index.where)}`)
  return clauses.join(' ')
}

/** The same for an index as PostgreSQL spells it. */
export function createIndexAgain(table: ObjectName, index: IndexSnapshot, online = false): string {
  return `${indexHead(table, index, online)} ${index.full}`
}

/** A unique constraint on an index that was built while others wrote the table. */
export function addUniqueOnline(
  table: ObjectName,
  { name, columns, definition, full }: ConstraintSnapshot,
): readonly string[] {
  const nulls = definition.includes('NULLS NOT DISTINCT') ? ' NULLS NOT DISTINCT' : ''
  const list = columns.map(quoteIdentifier).join(', ')
  const index = quoteIdentifier(name)
  // What models cannot say: DEFERRABLE, which belongs to the constraint.
  const rest = full.startsWith(definition) ? full.slice(definition.length) : ''
  return [
    `${indexHead(table, { name, unique: true }, true)} (${list})${nulls}`,
    `ALTER TABLE ${keyOf(table)} ADD CONSTRAINT ${index} UNIQUE USING INDEX ${index}${rest}`,
  ]
}

/** `DROP INDEX`; an index lives in the schema of its table. */
export function dropIndex(table: ObjectName, name: string, online = false): string {
  return `DROP INDEX ${online ? 'CONCURRENTLY ' : ''}${qualifiedName(table.schema, name)}`
}

/** `ALTER INDEX … RENAME`. */
export function renameIndex(table: ObjectName, from: string, to: string): string {
  return `ALTER INDEX ${qualifiedName(table.schema, from)} RENAME TO ${quoteIdentifier(to)}`
}

/** `CREATE UNIQUE INDEX "name" ON "table"`: what both spellings begin with. */
function indexHead(
  table: ObjectName,
  { name, unique }: { readonly name: string; readonly unique: boolean },
  online: boolean,
): string {
  const words = [
    'CREATE',
    ...(unique ? ['UNIQUE'] : []),
    'INDEX',
    ...(online ? ['CONCURRENTLY'] : []),
  ]
  return `${words.join(' ')} ${quoteIdentifier(name)} ON ${keyOf(table)}`
}

function indexElement(element: IndexElement): string {
  if (element.kind === 'expression') return indexExpression(element.expression)
  const words = [quoteIdentifier(element.column)]
  if (element.operatorClass !== undefined) words.push(element.operatorClass)
  if (element.descending) words.push('DESC')
  // PostgreSQL puts nulls last when ascending and first when descending.
  if (element.nullsFirst !== element.descending)
    words.push(element.nullsFirst ? 'NULLS FIRST' : 'NULLS LAST')
  return words.join(' ')
}

import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts'
import { closed, sqlTokens } from '../../sql/tokens.ts'
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
  constraint: ConstraintSnapshot,
): readonly string[] {
  const { name } = constraint
  return [keyIndex(table, constraint, name), keyFromIndex(table, constraint, name)]
}

/** The index that a key is to be made of, built while others write the table. */
export function keyIndex(table: ObjectName, key: ConstraintSnapshot, name: string): string {
  const nulls = key.definition.includes('NULLS NOT DISTINCT') ? ' NULLS NOT DISTINCT' : ''
  const list = key.columns.map(quoteIdentifier).join(', ')
  const [included, parameters] = [/^ INCLUDE /, /^ WITH /].map((word) =>
    restOf(key)
      .ofIndex.filter((clause) => word.test(clause))
      .join(''),
  )
  return `${indexHead(table, { name, unique: true }, true)} (${list})${included}${nulls}${parameters}`
}

/** The key made of the index, which takes its name; `before` are actions that go first. */
export function keyFromIndex(
  table: ObjectName,
  key: ConstraintSnapshot,
  index: string,
  before = '',
): string {
  const kind = key.kind === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE'
  const [name, from] = [key.name, index].map(quoteIdentifier)
  return `ALTER TABLE ${keyOf(table)} ${before}ADD CONSTRAINT ${name} ${kind} USING INDEX ${from}${restOf(key).ofConstraint}`
}

/** What models cannot say: INCLUDE and storage belong to the index, DEFERRABLE to the constraint. */
function restOf({ definition, full }: ConstraintSnapshot) {
  const rest = full.startsWith(definition) ? full.slice(definition.length) : ''
  const cut = sqlTokens(rest).filter(
    ({ kind, depth, text }) =>
      kind === 'word' && depth === 0 && /^(INCLUDE|WITH|DEFERRABLE|INITIALLY)$/.test(text),
  )
  const clauses = cut.map(({ at }, number) => rest.slice(at, cut[number + 1]?.at).trimEnd())
  const isOfIndex = (clause: string) => /^(INCLUDE|WITH) /.test(clause)
  return {
    ofIndex: clauses.filter(isOfIndex).map((clause) => ` ${clause}`),
    ofConstraint: clauses
      .filter((clause) => !isOfIndex(clause))
      .map((clause) => ` ${clause}`)
      .join(''),
  }
}

/** `DROP INDEX`; an index lives in the schema of its table. */
export function dropIndex(
  table: ObjectName,
  name: string,
  how: '' | 'online' | 'if there' | 'online, if there' = '',
): string {
  const words = `${how.startsWith('online') ? 'CONCURRENTLY ' : ''}${how.endsWith('if there') ? 'IF EXISTS ' : ''}`
  return `DROP INDEX ${words}${qualifiedName(table.schema, name)}`
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

import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts'
import { inParentheses } from '../../sql/tokens.ts'
import { keyOf } from '../names.ts'
import type { Check, ForeignKey, ObjectName, PrimaryKey, Unique } from '../schema.ts'
import type { ConstraintSnapshot } from '../snapshot.ts'

/** The table constraint `PRIMARY KEY (…)`. */
export function primaryKeyClause({ name, columns }: PrimaryKey): string {
  return `${constraintName(name)}PRIMARY KEY ${columnList(columns)}`
}

/** The table constraint `UNIQUE (…)`. */
export function uniqueClause({ name, columns, nullsNotDistinct }: Unique): string {
  const unique = nullsNotDistinct ? 'UNIQUE NULLS NOT DISTINCT' : 'UNIQUE'
  return `${constraintName(name)}${unique} ${columnList(columns)}`
}

/** The table constraint `CHECK (…)`. */
export function checkClause({ name, expression }: Check): string {
  return `${constraintName(name)}CHECK ${inParentheses(expression)}`
}

/** `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`, to run when both tables and the referenced unique index exist. */
export function addForeignKey(table: ObjectName, key: ForeignKey): string {
  return addConstraint(table, foreignKeyClause(key))
}

/** The table constraint `FOREIGN KEY (…) REFERENCES …`, on two lines. */
export function foreignKeyClause(key: ForeignKey): string {
  const target = qualifiedName(key.foreignTable.schema, key.foreignTable.name)
  return [
    `${constraintName(key.name)}FOREIGN KEY ${columnList(key.columns)}`,
    `  REFERENCES ${target} ${columnList(key.foreignColumns)}${actions(key)}`,
  ].join('\n')
}

/** A constraint as PostgreSQL spells it. */
export function constraintClause({ name, kind, full }: ConstraintSnapshot): string {
  const text = kind === 'foreign key' ? full.replace(' REFERENCES ', '\n  REFERENCES ') : full
  return `${constraintName(name)}${text}`
}

/** `ALTER TABLE … ADD <clause>`; `notValid` leaves the rows that are there for VALIDATE. */
export function addConstraint(table: ObjectName, clause: string, notValid = false): string {
  const added = `ADD ${clause}${notValid ? ' NOT VALID' : ''}`
  return `ALTER TABLE ${keyOf(table)}${clause.includes('\n') ? `\n  ${added}` : ` ${added}`}`
}

/** `ALTER TABLE … DROP CONSTRAINT`. */
export function dropConstraint(table: ObjectName, name: string, ifThere = false): string {
  return `ALTER TABLE ${keyOf(table)} DROP CONSTRAINT ${ifThere ? 'IF EXISTS ' : ''}${quoteIdentifier(name)}`
}

/** `ALTER TABLE … VALIDATE CONSTRAINT`: reads the rows, blocks no session. */
export function validateConstraint(table: ObjectName, name: string): string {
  return `ALTER TABLE ${keyOf(table)} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`
}

/** That, where it has been checked on the rows before; what is not enforced never is. */
export function validated(
  table: ObjectName,
  { validated, full }: ConstraintSnapshot,
  name: string,
): readonly string[] {
  return validated && !full.endsWith(' NOT ENFORCED') ? [validateConstraint(table, name)] : []
}

/** `ALTER TABLE … RENAME CONSTRAINT`; the index behind a key goes along. */
export function renameConstraint(table: ObjectName, from: string, to: string): string {
  const names = [from, to].map(quoteIdentifier).join(' TO ')
  return `ALTER TABLE ${keyOf(table)} RENAME CONSTRAINT ${names}`
}

function actions({ onDelete, onUpdate }: ForeignKey): string {
  const deletion = onDelete === 'no action' ? '' : ` ON DELETE ${onDelete.toUpperCase()}`
  const update = onUpdate === 'no action' ? '' : ` ON UPDATE ${onUpdate.toUpperCase()}`
  return deletion + update
}

function constraintName(name: string | undefined): string {
  return name === undefined ? '' : `CONSTRAINT ${quoteIdentifier(name)} `
}

function columnList(columns: readonly string[]): string {
  return `(${columns.map(quoteIdentifier).join(', ')})`
}

import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts'
import { inParentheses } from '../../sql/tokens.ts'
import { defaultExpression } from '../expression.ts'
import type { Column, ColumnType, Identity, ObjectName } from '../schema.ts'
import { givenOptions } from '../sequence-options.ts'
import type { ColumnSnapshot } from '../snapshot.ts'
import { typeName } from '../type-name.ts'
import { sequenceOptions } from './sequences.ts'

/** One line of CREATE TABLE: name, type, default or generation, NOT NULL. Keys are the table's to add. */
export function columnDefinition(column: Column, table: ObjectName): string {
  const clauses = [quoteIdentifier(column.name), columnType(column.type)]
  if (column.default !== undefined) clauses.push(`DEFAULT ${defaultExpression(column.default)}`)
  if (column.generated !== undefined)
    clauses.push(
      `GENERATED ALWAYS AS ${inParentheses(column.generated)} ${column.virtual ? 'VIRTUAL' : 'STORED'}`,
    )
  if (column.identity !== undefined) clauses.push(identityClause(column.identity, table))
  // An identity column is never null, without being told.
  else if (column.notNull) clauses.push('NOT NULL')
  return clauses.join(' ')
}

/** A column of `table` as a model would declare it, in PostgreSQL's spelling. */
export function columnOf(column: ColumnSnapshot, table: ObjectName): Column {
  const { name, notNull, default: value, generated, virtual, identity } = column
  const collation = column.collation === undefined ? '' : ` COLLATE ${column.collation}`
  return {
    name,
    type: { kind: 'sql', sql: column.serial ? serialName(column) : typeName(column) + collation },
    // A serial column is never null, without being told.
    notNull: notNull && !column.serial,
    ...(value !== undefined && { default: value }),
    ...(generated !== undefined && { generated }),
    ...(virtual && { virtual }),
    ...(identity !== undefined && {
      identity: {
        always: identity.always,
        ...sequenceName(column, table),
        options: givenOptions(identity.options, column.type),
      },
    }),
  }
}

/** Only where PostgreSQL would choose another one. */
function sequenceName({ name, sequence }: ColumnSnapshot, table: ObjectName) {
  const isDefault = sequence === undefined || sequence.name === `${table.name}_${name}_seq`
  return isDefault ? {} : { sequenceName: sequence.name }
}

function serialName({ type }: ColumnSnapshot): string {
  return { smallint: 'smallserial', bigint: 'bigserial' }[type] ?? 'serial'
}

/** The type as it stands in DDL, enums qualified and quoted. */
export function columnType(type: ColumnType): string {
  return type.kind === 'sql'
    ? type.sql
    : qualifiedName(type.name.schema, type.name.name) + type.brackets
}

/** The clause after a column's name and type, or after ADD. */
export function identityClause(
  { always, sequenceName, options }: Identity,
  table: ObjectName,
): string {
  const inner = [...sequenceOptions(options)]
  if (sequenceName !== undefined)
    inner.unshift(`SEQUENCE NAME ${qualifiedName(table.schema, sequenceName)}`)
  const clause = `GENERATED ${always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`
  return inner.length === 0 ? clause : `${clause} (${inner.join(' ')})`
}

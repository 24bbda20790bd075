import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { defaultExpression } from '../expression.ts'
import { keyOf, nameOf, truncatedName } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { Enum, ObjectName } from '../schema.ts'
import { alterTable } from './tables.ts'

/** `CREATE TYPE … AS ENUM` with the values in the model's order. */
export function createEnum({ schema, name, values }: Enum): string {
  return `CREATE TYPE ${qualifiedName(schema, name)} AS ENUM (${values.map(quoteLiteral).join(', ')})`
}

/** `DROP TYPE`. */
export function dropEnum(name: ObjectName): string {
  return `DROP TYPE ${keyOf(name)}`
}

/** `ALTER TYPE … ADD VALUE`; not to be used before it is committed. */
export function addEnumValue({
  enum: name,
  value,
  position,
}: Extract<Operation, { kind: 'add enum value' }>): string {
  const clause =
    position === undefined ? '' : ` ${position.where.toUpperCase()} ${quoteLiteral(position.value)}`
  return `ALTER TYPE ${keyOf(name)} ADD VALUE ${quoteLiteral(value)}${clause}`
}

/** A new type takes the place of the old one, column by column. */
export function replaceEnum({
  before,
  after,
  columns,
}: Extract<Operation, { kind: 'replace enum' }>): readonly string[] {
  const old = { ...nameOf(before), name: `${truncatedName(before.name, 58)}__old` }
  const moves = columns.flatMap((column) => {
    const name = quoteIdentifier(column.column)
    const alter = (action: string) => alterTable(column.table, `ALTER COLUMN ${name} ${action}`)
    const type = keyOf(after) + column.brackets
    const { defaultAfter } = column
    if (column.isDefaultOnly)
      return [
        alter(
          defaultAfter === undefined
            ? 'DROP DEFAULT'
            : `SET DEFAULT ${defaultExpression(defaultAfter)}`,
        ),
      ]
    return [
      ...(column.defaultBefore === undefined ? [] : [alter('DROP DEFAULT')]),
      alter(`TYPE ${type} USING ${name}::text${column.brackets}::${type}`),
      ...(column.defaultAfter === undefined
        ? []
        : [alter(`SET DEFAULT ${defaultExpression(column.defaultAfter)}`)]),
    ]
  })
  return [
    `ALTER TYPE ${keyOf(before)} RENAME TO ${quoteIdentifier(old.name)}`,
    createEnum(after),
    ...moves,
    dropEnum(old),
  ]
}

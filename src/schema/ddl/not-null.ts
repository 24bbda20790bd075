import { quoteIdentifier } from '../../sql/quote.ts'
import { isEqual } from '../equal.ts'
import { truncatedName } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ObjectName } from '../schema.ts'
import { addConstraint, checkClause, dropConstraint, validateConstraint } from './constraints.ts'
import { alterTable } from './tables.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** Whether nothing changes but that NULL is refused from now on. */
export function onlySetsNotNull({ before, after }: Pick<AlterColumn, 'before' | 'after'>): boolean {
  return !before.notNull && after.notNull && isEqual({ ...before, notNull: true }, after)
}

/** Whether NOT NULL can come after all else: a sequence behind the column needs it at once. */
export function setsNotNullLater({
  before,
  after,
}: Pick<AlterColumn, 'before' | 'after'>): boolean {
  return !before.notNull && after.notNull && !after.serial && after.identity === undefined
}

// Not `_not_null` alone: so PostgreSQL 18 calls its own of column `id` in table `user`, and there may be a `user_id`.
const notNullCheck = (column: string) => `${truncatedName(column, 51)}_is_not_null`

/** The downgrade of that, wherever it was interrupted. */
export function dropNotNullOnline(table: ObjectName, column: string): readonly string[] {
  return [
    alterTable(table, `ALTER COLUMN ${quoteIdentifier(column)} DROP NOT NULL`),
    dropConstraint(table, notNullCheck(column), true),
  ]
}

/** SET NOT NULL that reads the rows while others write: a check that is valid already spares it the scan. */
export function setNotNullOnline(table: ObjectName, column: string): readonly string[] {
  const name = notNullCheck(column)
  const quoted = quoteIdentifier(column)
  return [
    addConstraint(table, checkClause({ name, expression: `${quoted} IS NOT NULL` }), true),
    validateConstraint(table, name),
    alterTable(table, `ALTER COLUMN ${quoted} SET NOT NULL`),
    dropConstraint(table, name),
  ]
}

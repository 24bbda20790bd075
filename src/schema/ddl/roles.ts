import { quoteIdentifier } from '../../sql/quote.ts'
import type { Role } from '../schema.ts'

/** `CREATE ROLE`; fails where the server has the role, so its caller looks first. */
export function createRole({ name, createDb, createRole, inherit }: Role): string {
  const clauses = [`CREATE ROLE ${quoteIdentifier(name)}`]
  if (createDb) clauses.push('CREATEDB')
  if (createRole) clauses.push('CREATEROLE')
  if (!inherit) clauses.push('NOINHERIT')
  return clauses.join(' ')
}

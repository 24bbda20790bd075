import { quoteIdentifier } from '../../sql/quote.ts'
import { inParentheses } from '../../sql/tokens.ts'
import { keyOf } from '../names.ts'
import type { ObjectName, Policy } from '../schema.ts'

/** These name no role of their own and must stay unquoted. */
const ROLE_KEYWORDS = new Set(['public', 'current_role', 'current_user', 'session_user'])

/** `CREATE POLICY`; the roles it names have to exist. */
export function createPolicy(table: ObjectName, policy: Policy): string {
  const clauses = [`CREATE POLICY ${quoteIdentifier(policy.name)} ON ${keyOf(table)}`]
  if (!policy.permissive) clauses.push('AS RESTRICTIVE')
  if (policy.command !== 'all') clauses.push(`FOR ${policy.command.toUpperCase()}`)
  if (policy.roles.length > 0) clauses.push(`TO ${policy.roles.map(roleName).join(', ')}`)
  if (policy.using !== undefined) clauses.push(`USING ${inParentheses(policy.using)}`)
  if (policy.withCheck !== undefined) clauses.push(`WITH CHECK ${inParentheses(policy.withCheck)}`)
  return clauses.join(' ')
}

/** `DROP POLICY`. */
export function dropPolicy(table: ObjectName, name: string): string {
  return `DROP POLICY ${quoteIdentifier(name)} ON ${keyOf(table)}`
}

function roleName(name: string): string {
  return ROLE_KEYWORDS.has(name.toLowerCase()) ? name.toUpperCase() : quoteIdentifier(name)
}

import type { SQL } from 'drizzle-orm'
import type { PgPolicy, PgPolicyToOption, PgTable } from 'drizzle-orm/pg-core'
import type { Policy } from '../../schema/schema.ts'
import type { TableModel } from './models.ts'
import type { Renderer } from './sql.ts'

/** Policies that are declared outside their table, with `.link(table)`. */
export type LinkedPolicies = ReadonlyMap<PgTable, readonly PgPolicy[]>

/** A row security policy. Its expressions may hold subqueries, so their columns keep the table's name. */
export function policyFromModel(policy: PgPolicy, model: TableModel, renderer: Renderer): Policy {
  const object = `${model.label}, policy "${policy.name}"`
  const expression = (sql: SQL | undefined) => sql && renderer.query(sql, object)
  return {
    name: policy.name,
    permissive: policy.as !== 'restrictive',
    command: policy.for ?? 'all',
    roles: roleNames(policy.to),
    using: expression(policy.using),
    withCheck: expression(policy.withCheck),
  }
}

function roleNames(to: PgPolicyToOption | undefined): readonly string[] {
  if (to === undefined) return []
  if (Array.isArray(to)) return to.flatMap(roleNames)
  return [typeof to === 'string' ? to : to.name]
}

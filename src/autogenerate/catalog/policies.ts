import type { Policy } from '../../schema/schema.ts'
import type { PolicySnapshot } from '../../schema/snapshot.ts'
import { type Scope, schemaList } from './scope.ts'
import {
  asJson,
  enumsMentioned,
  type ReadRow,
  readRelations,
  relationsRead,
} from './sql-fragments.ts'

export interface PolicyRow {
  readonly table: string
  readonly name: string
  readonly permissive: boolean
  readonly command: keyof typeof COMMANDS
  readonly roles?: readonly string[]
  readonly using?: string
  readonly withCheck?: string
  readonly reads: readonly ReadRow[]
  readonly enums: NonNullable<PolicySnapshot['enums']>
}

const COMMANDS = {
  '*': 'all',
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
} as const satisfies Readonly<Record<string, Policy['command']>>

/** Policies; PUBLIC is no role, so such a policy has none. */
export function policiesQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT p.polrelid AS table, p.polname AS name, p.polpermissive AS permissive, p.polcmd AS command,
  (SELECT json_agg(o.rolname ORDER BY o.rolname COLLATE "C") FROM pg_roles o WHERE o.oid = ANY (p.polroles)) AS roles,
  pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck",
  ${relationsRead(scope, 'pg_policy', 'p.oid')} AS reads, ${enumsMentioned(scope, 'pg_policy', 'p.oid')} AS enums
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN (${schemaList(scope)})`,
  )
}

export function policySnapshot({
  name,
  permissive,
  using,
  withCheck,
  ...row
}: PolicyRow): PolicySnapshot {
  return {
    name,
    permissive,
    command: COMMANDS[row.command],
    roles: row.roles ?? [],
    ...(using === undefined ? {} : { using }),
    ...(withCheck === undefined ? {} : { withCheck }),
    reads: readRelations(row.reads),
    ...(row.enums.length > 0 && { enums: row.enums }),
  }
}

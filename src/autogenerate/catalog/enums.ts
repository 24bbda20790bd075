import { isExtensionMember } from '../../database/catalog-conditions.ts'
import { type Scope, schemaList, schemaName } from './scope.ts'
import { asJson } from './sql-fragments.ts'

/** Enums with their values in order; a row is a snapshot's Enum. */
export function enumsQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT ${schemaName(scope, 'n.nspname')} AS schema, t.typname AS name,
  (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid) AS values
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname IN (${schemaList(scope)}) AND t.typtype = 'e' AND NOT ${isExtensionMember('pg_type', 't.oid')}`,
  )
}

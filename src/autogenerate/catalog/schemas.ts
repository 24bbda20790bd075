import { isExtensionMember } from '../../database/catalog-conditions.ts'
import { type Scope, schemaList, schemaName } from './scope.ts'
import { asJson } from './sql-fragments.ts'
import { isReadTable } from './tables.ts'

export interface SchemaRow {
  readonly name?: string
  /** It holds more than what is read of it: functions, foreign tables, members of extensions, Limbeck's tables … */
  readonly occupied: boolean
  /** Of the server: 17. */
  readonly version: number
}

/** The schemas of the scope that exist; the default one, which is never dropped, is a row without a name. */
export function schemasQuery(scope: Scope): string {
  const name = schemaName(scope, 'n.nspname')
  return asJson(
    scope,
    `
SELECT ${name} AS name, ${name} IS NOT NULL AND EXISTS (SELECT FROM pg_depend d
  WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
    AND NOT EXISTS (SELECT FROM pg_class c WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid
      AND (${isReadTable(scope)} OR c.relkind IN ('v', 'm', 'S') AND NOT ${isExtensionMember('pg_class', 'c.oid')}))
    AND NOT EXISTS (SELECT FROM pg_type t WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid
      AND t.typtype = 'e' AND NOT ${isExtensionMember('pg_type', 't.oid')})) AS occupied,
  current_setting('server_version_num')::int / 10000 AS version
FROM pg_namespace n WHERE n.nspname IN (${schemaList(scope)})`,
  )
}

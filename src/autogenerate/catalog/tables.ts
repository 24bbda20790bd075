import { isExtensionMember } from '../../database/catalog-conditions.ts'
import { isVersionTable } from '../../database/user-tables.ts'
import type { TableSnapshot } from '../../schema/snapshot.ts'
import { isLedger } from './ledgers.ts'
import { objectName, ownTables, type Scope, schemaList, schemaName } from './scope.ts'
import { asJson } from './sql-fragments.ts'

export interface TableRow {
  readonly oid: string
  readonly schema?: string
  readonly name: string
  readonly rowSecurity: boolean
  readonly special: boolean
  readonly ledger?: true
  readonly inherits?: TableSnapshot['inherits']
}

/** Tables without partitions, extension members, version tables and Limbeck's own. */
export function tablesQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT c.oid, ${schemaName(scope, 'n.nspname')} AS schema, c.relname AS name, c.relrowsecurity AS "rowSecurity",
  c.relkind = 'p' OR c.reloftype <> 0 OR EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)) AS special,
  nullif(${isLedger}, false) AS ledger, ${parents(scope)} AS inherits
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN (${schemaList(scope)}) AND ${isReadTable(scope)}`,
  )
}

/** SQL: the tables that the pg_class row `c` inherits from; NULL for most. */
function parents(scope: Scope): string {
  const name = objectName(scope, 'pn.nspname', 'p.relname')
  return `(SELECT json_agg(${name} ORDER BY h.inhseqno) FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
    JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid)`
}

/** SQL condition: the pg_class row `c` in the pg_namespace row `n` is a table that is read. */
export function isReadTable(scope: Scope): string {
  return `(c.relkind IN ('r', 'p') AND NOT c.relispartition AND (n.nspname, c.relname) NOT IN (${ownTables(scope)})
  AND NOT ${isVersionTable('c.oid')} AND NOT ${isExtensionMember('pg_class', 'c.oid')})`
}

import { objectName, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import { isReadTable } from '../autogenerate/catalog/tables.ts'
import type { Connection } from '../database/connection.ts'
import type { LiveExtra } from './live-extras.ts'

/**
 * What NOT NULL constraints are that CREATE TABLE does not make: names of their own, NOT VALID, NO INHERIT. PostgreSQL 18 has them, and
 * renames none that is inherited.
 */
export async function readNotNulls(
  connection: Connection,
  scope: Scope,
): Promise<readonly LiveExtra[]> {
  const isPlain = `pg_get_constraintdef(k.oid) = format('NOT NULL %I', a.attname)`
  const isPartition = `c.relispartition AND c.relkind IN ('r', 'p')`
  const inherited = `SELECT p.conname FROM pg_inherits h JOIN pg_constraint p ON p.conrelid = h.inhparent AND p.contype = 'n'
    JOIN pg_attribute o ON o.attrelid = p.conrelid AND o.attnum = p.conkey[1] WHERE h.inhrelid = c.oid AND o.attname = a.attname`
  const isMadeSo = `CASE WHEN a.attislocal AND NOT c.relispartition THEN k.conname = d.name ELSE k.conname IN (${inherited}) END`
  // A new name is one of the heirs as well, and those that declare the column have another.
  const isStuck = `EXISTS (WITH RECURSIVE heir AS (SELECT inhrelid AS oid FROM pg_inherits WHERE inhparent = c.oid
      UNION SELECT inhrelid FROM pg_inherits JOIN heir ON inhparent = heir.oid)
    SELECT FROM heir JOIN pg_attribute o ON o.attrelid = heir.oid AND o.attname = a.attname AND o.attislocal AND o.attnotnull)`
  const query = `
SELECT CASE WHEN k.coninhcount > 0 THEN 'name of the inherited ' WHEN ${isStuck} THEN 'name of the ' ELSE '' END || 'constraint ' || quote_ident(k.conname) || ' on ' || c.oid::regclass AS label,
  ${objectName(scope, 'n.nspname', 'c.relname')} AS on,
  CASE WHEN k.coninhcount > 0 OR ${isStuck} THEN NULL
    WHEN ${isPlain} THEN format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', c.oid::regclass, d.name, k.conname)
    ELSE format(E'ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;\nALTER TABLE %1$s ADD CONSTRAINT %3$I %4$s', c.oid::regclass, a.attname, k.conname, pg_get_constraintdef(k.oid)) END AS sql
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
CROSS JOIN LATERAL (SELECT c.relname || '_' || a.attname || '_not_null' AS name) d
WHERE n.nspname IN (${schemaList(scope)}) AND (${isReadTable(scope)} OR ${isPartition}) AND k.contype = 'n'
  AND CASE WHEN k.coninhcount > 0 THEN octet_length(d.name) < 64 AND NOT ${isMadeSo}
    ELSE k.conislocal AND (NOT ${isPlain} OR k.conname <> d.name AND octet_length(d.name) < 64) END ORDER BY 1`
  const found: LiveExtra[] = []
  await connection.query<{ json: string }>(asJson(scope, query), ({ json }) => {
    for (const row of JSON.parse(json) as Pick<LiveExtra, 'label' | 'on' | 'sql'>[])
      found.push({ ...row, sql: row.sql ?? null, stage: 'after' })
  })
  return found
}

import { objectName, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import { isReadTable } from '../autogenerate/catalog/tables.ts'
import type { Connection } from '../database/connection.ts'
import type { LiveExtra } from './live-extras.ts'

/** What NOT NULL constraints are that CREATE TABLE does not make: names of their own, NOT VALID, NO INHERIT. PostgreSQL 18 has them. */
export async function readNotNulls(
  connection: Connection,
  scope: Scope,
): Promise<readonly LiveExtra[]> {
  const isPlain = `pg_get_constraintdef(k.oid) = format('NOT NULL %I', a.attname)`
  const query = `
SELECT 'constraint ' || quote_ident(k.conname) || ' on ' || c.oid::regclass AS label, ${objectName(scope, 'n.nspname', 'c.relname')} AS on,
  CASE WHEN ${isPlain} THEN format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', c.oid::regclass, d.name, k.conname)
    ELSE format(E'ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;\nALTER TABLE %1$s ADD CONSTRAINT %3$I %4$s', c.oid::regclass, a.attname, k.conname, pg_get_constraintdef(k.oid)) END AS sql
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
CROSS JOIN LATERAL (SELECT c.relname || '_' || a.attname || '_not_null' AS name) d
WHERE n.nspname IN (${schemaList(scope)}) AND ${isReadTable(scope)} AND k.contype = 'n' AND k.conislocal AND k.coninhcount = 0
  AND (NOT ${isPlain} OR k.conname <> d.name AND octet_length(d.name) < 64) ORDER BY 1`
  const found: LiveExtra[] = []
  await connection.query<{ json: string }>(asJson(scope, query), ({ json }) => {
    for (const row of JSON.parse(json) as Pick<LiveExtra, 'label' | 'on' | 'sql'>[])
      found.push({ ...row, stage: 'after' })
  })
  return found
}

import type { TestDatabase } from '../support/postgres.ts'

// Everything the reference history makes, as PostgreSQL itself spells it; Limbeck's own tables left out.
const queries = {
  columns: `
    SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid) AS default
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname !~ '^limbeck_'
    ORDER BY 1, 2`,
  constraints: `
    SELECT conrelid::regclass::text AS "table", conname, convalidated, pg_get_constraintdef(oid) AS is
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '^limbeck_'
    ORDER BY 1, 2`,
  indexes: `
    SELECT indexrelid::regclass::text AS name, indisvalid, pg_get_indexdef(indexrelid) AS is
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND indrelid::regclass::text !~ '^limbeck_'
    ORDER BY 1`,
  types: `
    SELECT t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder) AS labels
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE t.typnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1`,
  functions: `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
}

/** What the database holds, ready to be compared: definitions by kind, and the seed rows. */
export async function readCatalog(database: TestDatabase) {
  const catalog: Record<string, unknown> = {}
  for (const [kind, query] of Object.entries(queries)) catalog[kind] = await database.query(query)
  const [found] = await database.query(`SELECT to_regclass('public.roles') IS NOT NULL AS roles`)
  catalog.roles = found?.roles ? await database.query('SELECT * FROM roles ORDER BY 1') : []
  // Column numbers count dropped columns: only their order is a fact of the schema.
  return JSON.parse(JSON.stringify(catalog, (key, value) => (key === 'attnum' ? undefined : value)))
}

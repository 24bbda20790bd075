import type { TestDatabase } from './database.ts'

/** Everything that pg_dump would tell apart and Limbeck can change, one line a fact, sorted. */
export async function readCatalog(
  database: Pick<TestDatabase, 'query'>,
): Promise<readonly string[]> {
  const rows = await database.query<{ fact: string }>(`
WITH ns AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
SELECT format('schema %s', nspname) AS fact FROM ns
UNION ALL SELECT format('%s %s.%s row security %s options %s', c.relkind, nspname, relname, relrowsecurity,
    (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(reloptions) o)) FROM pg_class c JOIN ns ON ns.oid = relnamespace
UNION ALL SELECT format('column %s.%s %s %s not null %s default %s identity %s generated %s position %s', nspname, relname, attname,
    format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated, attnum)
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN ns ON ns.oid = relnamespace
  LEFT JOIN pg_attrdef d ON (adrelid, adnum) = (attrelid, attnum) WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm')
UNION ALL SELECT format('constraint %s on %s %s validated %s', conname, conrelid::regclass, pg_get_constraintdef(k.oid), convalidated)
  FROM pg_constraint k JOIN ns ON ns.oid = connamespace
UNION ALL SELECT format('%s valid %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN ns ON ns.oid = relnamespace
UNION ALL SELECT format('enum %s %s', t.oid::regtype, string_agg(enumlabel, ',' ORDER BY enumsortorder))
  FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid JOIN ns ON ns.oid = typnamespace GROUP BY t.oid
UNION ALL SELECT format('sequence %s %s start %s by %s from %s to %s cache %s cycle %s owned by %s.%s', c.oid::regclass, seqtypid::regtype,
    seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle, refobjid::regclass, attname)
  FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN ns ON ns.oid = relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN ('a', 'i') AND refobjsubid > 0
  LEFT JOIN pg_attribute ON (attrelid, attnum) = (refobjid, refobjsubid)
UNION ALL SELECT format('policy %I on %I.%I %s %s to %s using %s with check %s', policyname, schemaname, tablename, permissive, cmd, roles, qual, with_check)
  FROM pg_policies JOIN ns ON nspname = schemaname
UNION ALL SELECT format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM pg_class c JOIN ns ON ns.oid = relnamespace WHERE relkind IN ('v', 'm')
UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN ns ON ns.oid = pronamespace WHERE prokind IN ('f', 'p')
UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN ns ON ns.oid = relnamespace WHERE NOT tgisinternal
ORDER BY 1`)
  return rows.map(({ fact }) => fact)
}

/** The catalog and every row of every table: equal when nothing at all was changed. */
export async function readEverything(database: TestDatabase): Promise<readonly string[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`,
  )
  const rows: string[] = []
  for (const { name } of tables) {
    const found = await database.query<{ row: string }>(
      `SELECT '${name} ' || t::text AS row FROM ${name} t`,
    )
    rows.push(...found.map(({ row }) => row).sort())
  }
  return [...(await readCatalog(database)), ...rows]
}

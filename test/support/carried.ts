import type { TestDatabase } from './database.ts'

/** What objects carry and models cannot say, one line a fact, sorted: comments, grants, statistics, what a table is to replication. */
export async function readCarried(
  database: Pick<TestDatabase, 'query'>,
): Promise<readonly string[]> {
  const rows = await database.query<{ fact: string }>(`
WITH c AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relname !~ '^limbeck_')
SELECT format('comment %s: %s', pg_describe_object(classoid, objoid, objsubid), description) AS fact
  FROM pg_description WHERE objoid >= 16384
UNION ALL SELECT format('grant %s: %s', c.oid::regclass, g) FROM c, unnest(relacl::text[]) g WHERE g NOT LIKE pg_get_userbyid(relowner) || '=%'
UNION ALL SELECT format('grant %s.%s: %s', c.oid::regclass, attname, g) FROM c JOIN pg_attribute ON attrelid = c.oid AND NOT attisdropped, unnest(attacl::text[]) g
UNION ALL SELECT format('grant type %s: %s', t.oid::regtype, g) FROM pg_type t, unnest(typacl::text[]) g
  WHERE t.oid >= 16384 AND g NOT LIKE '=%' AND g NOT LIKE pg_get_userbyid(typowner) || '=%'
UNION ALL SELECT format('column %s.%s statistics %s options %s', c.oid::regclass, attname, attstattarget, attoptions)
  FROM c JOIN pg_attribute ON attrelid = c.oid WHERE attnum > 0 AND NOT attisdropped AND (attstattarget >= 0 OR attoptions IS NOT NULL)
UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
UNION ALL SELECT format('rule %I on %s: %s', rulename, ev_class::regclass, pg_get_ruledef(r.oid)) FROM pg_rewrite r JOIN c ON c.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL SELECT format('replica identity %s: %s forced %s', oid::regclass, relreplident, relforcerowsecurity) FROM c
  WHERE relreplident <> 'd' AND relkind = 'r' OR relforcerowsecurity
UNION ALL SELECT format('index %s clustered %s replicated %s', indexrelid::regclass, indisclustered, indisreplident)
  FROM pg_index JOIN c ON c.oid = indexrelid WHERE indisclustered OR indisreplident
ORDER BY 1`)
  return rows.map(({ fact }) => fact)
}

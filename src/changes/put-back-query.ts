import { quoteLiteral } from '../sql/quote.ts'

/** Something that the upgrade drops, and that the upgrade or the downgrade makes again. */
export interface MadeAgain {
  readonly kind: 'column' | 'index' | 'constraint' | 'policy' | 'view' | 'enum'
  /** Its table, or itself, quoted. */
  readonly relation: string
  readonly name: string
}

/** SQL whose rows are the statements that give the object back what models cannot say, each with the columns that it needs. */
export function putBackQuery(object: MadeAgain, at: number): string {
  const queries = queriesOf(object).map(
    (query) => `SELECT ${at} AS at, x.sql, x.columns FROM (${query}) x (sql, columns)`,
  )
  return queries.join('\nUNION ALL ')
}

function queriesOf(object: MadeAgain): readonly string[] {
  const relation = `to_regclass(${quoteLiteral(object.relation)})`
  const name = quoteLiteral(object.name)
  switch (object.kind) {
    case 'column':
      return ofColumn(relation, name)
    case 'index':
      return ofIndex(
        relation,
        `(SELECT indexrelid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = ${relation} AND relname = ${name})`,
      )
    case 'constraint': {
      const constraint = `(SELECT oid FROM pg_constraint WHERE conrelid = ${relation} AND conname = ${name})`
      const comment = `SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', ${name}, ${relation}, d), NULL::text[]
        FROM obj_description(${constraint}, 'pg_constraint') d WHERE d IS NOT NULL`
      const index = `(SELECT conindid FROM pg_constraint WHERE conrelid = ${relation} AND conname = ${name} AND contype IN ('p', 'u'))`
      return [comment, ...ofIndex(relation, index)]
    }
    case 'policy':
      return [
        `SELECT format('COMMENT ON POLICY %I ON %s IS %L', p.polname, p.polrelid::regclass, d), NULL::text[] FROM pg_policy p,
          obj_description(p.oid, 'pg_policy') d WHERE p.polrelid = ${relation} AND p.polname = ${name} AND d IS NOT NULL`,
      ]
    case 'view':
      return ofView(relation)
    case 'enum':
      return ofType(`to_regtype(${quoteLiteral(object.relation)})`)
  }
}

function ofColumn(relation: string, name: string): readonly string[] {
  const from = `FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ${relation} AND a.attname = ${name} AND NOT a.attisdropped`
  const alter = (action: string, condition: string) =>
    `SELECT format('ALTER TABLE %s ALTER COLUMN %I ', a.attrelid::regclass, a.attname) || ${action}, NULL::text[] ${from} AND ${condition}`
  const grants = `SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, a.attrelid::regclass, ${grantee}, ${withOption}), NULL::text[]
    FROM pg_attribute a, aclexplode(a.attacl) g WHERE a.attrelid = ${relation} AND a.attname = ${name}`
  const number = `(SELECT attnum FROM pg_attribute WHERE attrelid = ${relation} AND attname = ${name})`
  const names = (keys: string) =>
    `ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = ${relation} AND attnum = ANY (${keys}) AND attnum > 0)`
  return [
    `SELECT format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass, a.attname, col_description(a.attrelid, a.attnum)), NULL::text[]
      ${from} AND col_description(a.attrelid, a.attnum) IS NOT NULL`,
    alter(`format('SET STATISTICS %s', a.attstattarget)`, 'a.attstattarget >= 0'),
    alter(`format('SET (%s)', array_to_string(a.attoptions, ', '))`, 'a.attoptions IS NOT NULL'),
    alter(
      `('SET STORAGE ' || CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' ELSE 'PLAIN' END)`,
      'a.attstorage <> t.typstorage',
    ),
    grants,
    `SELECT pg_get_statisticsobjdef(s.oid), ${names('s.stxkeys::int2[]')} FROM pg_statistic_ext s
      WHERE s.stxrelid = ${relation} AND ${number} = ANY (s.stxkeys)`,
    `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)), ${names('k.conkey')}
      FROM pg_constraint k WHERE k.conrelid = ${relation} AND k.contype = 'x' AND ${number} = ANY (k.conkey)`,
  ]
}

/** What the index does for its table, and its comment. */
function ofIndex(relation: string, index: string, columns = 'NULL'): readonly string[] {
  const from = `FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indexrelid IN ${index}`
  return [
    `SELECT format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, obj_description(x.oid, 'pg_class')), ${columns}::text[]
      ${from} AND obj_description(x.oid, 'pg_class') IS NOT NULL`,
    `SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', ${relation}, x.relname), ${columns}::text[] ${from} AND i.indisreplident
      AND (SELECT relreplident FROM pg_class WHERE oid = i.indrelid) = 'i'`,
    `SELECT format('ALTER TABLE %s CLUSTER ON %I', ${relation}, x.relname), ${columns}::text[] ${from} AND i.indisclustered`,
  ]
}

/** Grants and comments, of columns too, and triggers; of a materialized view also what its indexes carry. */
function ofView(relation: string): readonly string[] {
  const kind = `CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END`
  return [
    `SELECT format('COMMENT ON %s %s IS %L', ${kind}, c.oid::regclass, obj_description(c.oid, 'pg_class')), NULL::text[]
      FROM pg_class c WHERE c.oid = ${relation} AND obj_description(c.oid, 'pg_class') IS NOT NULL`,
    `SELECT format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass, a.attname, d), ARRAY[a.attname::text]
      FROM pg_attribute a, col_description(a.attrelid, a.attnum) d WHERE a.attrelid = ${relation} AND a.attnum > 0 AND d IS NOT NULL`,
    `SELECT format('GRANT %s ON %s TO %s%s', g.privilege_type, c.oid::regclass, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_class c, aclexplode(c.relacl) g WHERE c.oid = ${relation} AND g.grantee <> c.relowner`,
    `SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, a.attrelid::regclass, ${grantee}, ${withOption}), ARRAY[a.attname::text]
      FROM pg_attribute a, aclexplode(a.attacl) g WHERE a.attrelid = ${relation}`,
    `SELECT pg_get_triggerdef(t.oid, true), NULL::text[] FROM pg_trigger t WHERE t.tgrelid = ${relation} AND NOT t.tgisinternal`,
    // With another query it may have other indexes.
    ...ofIndex(relation, `(SELECT indexrelid FROM pg_index WHERE indrelid = ${relation})`, "'{}'"),
  ]
}

function ofType(type: string): readonly string[] {
  return [
    `SELECT format('COMMENT ON TYPE %s IS %L', t.oid::regtype, obj_description(t.oid, 'pg_type')), NULL::text[]
      FROM pg_type t WHERE t.oid = ${type} AND obj_description(t.oid, 'pg_type') IS NOT NULL`,
    `SELECT format('GRANT %s ON TYPE %s TO %s%s', g.privilege_type, t.oid::regtype, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_type t, aclexplode(t.typacl) g WHERE t.oid = ${type} AND g.grantee NOT IN (0, t.typowner)`,
  ]
}

/** SQL: whom the row `g` of aclexplode() is about. */
export const grantee = `CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END`
/** SQL: how the grant ends. */
export const withOption = `CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`

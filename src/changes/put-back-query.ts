import { quoteLiteral } from '../sql/quote.ts'
import type { MadeAgain } from './made-again.ts'
import { grantee, ofOwner, ofRelation, ofRoutine, withOption } from './owner-and-grants.ts'
import { ruleStatements, triggerStatements } from './trigger-and-rule-statements.ts'

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
    case 'table':
      return ofTable(relation)
    case 'column':
      return ofColumns(relation, `= ${name}`)
    case 'storage':
      return ofStorage(relation, `= ${name}`)
    case 'index':
      return ofIndexes(relation, `x.relname = ${name}`)
    case 'constraint':
      return [
        ...ofConstraints(relation, `k.conname = ${name}`),
        ...ofIndexes(
          relation,
          `EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.conrelid = ${relation} AND k.conname = ${name})`,
        ),
      ]
    case 'policy':
      return ofPolicies(relation, `p.polname = ${name}`)
    case 'view':
      return [...ofView(relation, 'VIEW'), ...ofTriggers(relation)]
    case 'materialized view':
      return [
        ...ofView(relation, 'MATERIALIZED VIEW'),
        ...ofIndexes(relation, 'true', columnsRead(relation, 'pg_class', 'i.indexrelid')),
      ]
    case 'enum':
      return ofType(`to_regtype(${quoteLiteral(object.relation)})`)
    case 'sequence':
      return ofSequences(`c.oid = ${relation}`)
    case 'function':
    case 'procedure':
      return ofRoutine(object)
    case 'schema':
      return ofSchema(name)
  }
}

/** All that it and its parts carry; its rows are gone, its triggers and row security need not be. */
function ofTable(relation: string): readonly string[] {
  const alter = (action: string, condition: string) =>
    `SELECT format('ALTER TABLE %s ', c.oid::regclass) || ${action}, NULL::text[] FROM pg_class c WHERE c.oid = ${relation} AND ${condition}`
  return [
    alter(`format('SET (%s)', array_to_string(c.reloptions, ', '))`, 'c.reloptions IS NOT NULL'),
    alter(
      `format('SET (%s)', (SELECT string_agg('toast.' || o, ', ') FROM pg_class x, unnest(x.reloptions) o WHERE x.oid = c.reltoastrelid))`,
      'EXISTS (SELECT FROM pg_class x WHERE x.oid = c.reltoastrelid AND x.reloptions IS NOT NULL)',
    ),
    alter(`'SET UNLOGGED'`, `c.relpersistence = 'u'`),
    alter(`'FORCE ROW LEVEL SECURITY'`, 'c.relforcerowsecurity'),
    alter(
      `('REPLICA IDENTITY ' || CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)`,
      // A view has none, which is called the same as NOTHING.
      `c.relreplident IN ('f', 'n') AND c.relkind IN ('r', 'p')`,
    ),
    ...ofRelation(relation, 'TABLE'),
    ...ofTriggers(relation),
    ...ofColumns(relation, 'IS NOT NULL'),
    ...ofIndexes(relation, 'true'),
    ...ofConstraints(relation, 'true'),
    ...ofPolicies(relation, 'true'),
  ]
}

/** Behind the name of a column that a statement needs: of the type that it had, too, or of one that keeps values in the same ways. */
export const TYPE_OF = '::'

/** `which` is a condition behind the column's name. */
function ofColumns(relation: string, which: string): readonly string[] {
  const from = `FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ${relation} AND a.attname ${which} AND a.attnum > 0 AND NOT a.attisdropped`
  const alter = (action: string, condition: string) =>
    `SELECT format('ALTER TABLE %s ALTER COLUMN %I ', a.attrelid::regclass, a.attname) || ${action}, NULL::text[] ${from} AND ${condition}`
  const grants = `SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, a.attrelid::regclass, ${grantee}, ${withOption}), NULL::text[]
    FROM pg_attribute a, aclexplode(a.attacl) g WHERE NOT a.attisdropped AND a.attrelid = ${relation} AND a.attname ${which}`
  const numbers = `ARRAY(SELECT attnum FROM pg_attribute WHERE attrelid = ${relation} AND attnum > 0 AND attname ${which})`
  const areAmong = (columns: string) =>
    `EXISTS (SELECT FROM unnest(${columns}) AS r (name) WHERE r.name ${which})`
  const ofStatistics = columnsRead(relation, 'pg_statistic_ext', 's.oid')
  const statistics = `FROM pg_statistic_ext s WHERE s.stxrelid = ${relation} AND ${areAmong(ofStatistics)}`
  const ofExclusion = columnsRead(relation, 'pg_constraint', 'k.oid', 'k.conindid')
  return [
    `SELECT format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass, a.attname, col_description(a.attrelid, a.attnum)), NULL::text[]
      ${from} AND col_description(a.attrelid, a.attnum) IS NOT NULL`,
    alter(`format('SET STATISTICS %s', a.attstattarget)`, 'a.attstattarget >= 0'),
    alter(`format('SET (%s)', array_to_string(a.attoptions, ', '))`, 'a.attoptions IS NOT NULL'),
    ...ofStorage(relation, which),
    grants,
    `SELECT pg_get_statisticsobjdef(s.oid), ${ofStatistics} ${statistics}`,
    `SELECT format('COMMENT ON STATISTICS %I.%I IS %L', s.stxnamespace::regnamespace, s.stxname, d), ${ofStatistics}
      FROM (SELECT s.*, obj_description(s.oid, 'pg_statistic_ext') AS d ${statistics}) s WHERE d IS NOT NULL`,
    `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)), ${ofExclusion}
      FROM pg_constraint k WHERE k.conrelid = ${relation} AND k.contype = 'x' AND ${areAmong(ofExclusion)}`,
    ...ofSequences(
      `EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjid = ${relation} AND d.refobjsubid = ANY (${numbers}))`,
    ),
  ]
}

/** Where its values are kept, and how they are compressed; `which` is a condition behind the column's name. */
function ofStorage(relation: string, which: string): readonly string[] {
  const alter = (action: string, condition: string) =>
    `SELECT format('ALTER TABLE %s ALTER COLUMN %I ', a.attrelid::regclass, a.attname) || ${action}, ARRAY[a.attname || '${TYPE_OF}']
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ${relation} AND a.attname ${which} AND a.attnum > 0 AND ${condition}`
  return [
    alter(
      `('SET STORAGE ' || CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' ELSE 'PLAIN' END)`,
      'a.attstorage <> t.typstorage',
    ),
    alter(
      `('SET COMPRESSION ' || CASE a.attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END)`,
      `a.attcompression <> ''`,
    ),
  ]
}

/** SQL: the names of the columns of the relation that the object reads, or the index behind it; expressions count, too. */
function columnsRead(relation: string, catalog: string, oid: string, index = '0'): string {
  return `ARRAY(SELECT DISTINCT o.attname::text FROM pg_depend u JOIN pg_attribute o ON o.attrelid = u.refobjid AND o.attnum = u.refobjsubid
    WHERE u.refclassid = 'pg_class'::regclass AND u.refobjid = ${relation} AND u.refobjsubid > 0
      AND ((u.classid = '${catalog}'::regclass AND u.objid = ${oid}) OR (u.classid = 'pg_class'::regclass AND u.objid = ${index})))`
}

/** Before the name of an index whose statement is about one of its expressions: where they change, it is for another one. */
export const PARTS_OF = 'parts of '

/** What indexes are to their table, their comments, and how many values of their expressions ANALYZE keeps. */
function ofIndexes(relation: string, which: string, columns = 'NULL'): readonly string[] {
  const from = `FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ${relation} AND ${which}`
  return [
    `SELECT format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, obj_description(x.oid, 'pg_class')), ${columns}::text[]
      ${from} AND obj_description(x.oid, 'pg_class') IS NOT NULL`,
    `SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', ${relation}, x.relname), ${columns}::text[] ${from} AND i.indisreplident
      AND (SELECT relreplident FROM pg_class WHERE oid = i.indrelid) = 'i'`,
    `SELECT format('ALTER %s %s CLUSTER ON %I', (SELECT CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END FROM pg_class WHERE oid = i.indrelid), ${relation}, x.relname), ${columns}::text[] ${from} AND i.indisclustered`,
    `SELECT format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', x.oid::regclass, a.attnum, a.attstattarget), ${columns}::text[] || ARRAY['${PARTS_OF}' || x.relname]
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = x.oid AND a.attstattarget >= 0
      WHERE i.indrelid = ${relation} AND ${which}`,
  ]
}

/** A check that is NOT VALID may have been checked on the rows of tables that inherit it. */
function ofConstraints(relation: string, which: string): readonly string[] {
  const heirs = `(WITH RECURSIVE heir AS (SELECT ${relation}::oid AS oid UNION SELECT inhrelid FROM pg_inherits JOIN heir ON inhparent = heir.oid) SELECT oid FROM heir)`
  return [
    `SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', h.conrelid::regclass, h.conname), NULL::text[]
      FROM pg_constraint k JOIN pg_constraint h ON h.conname = k.conname AND h.contype = k.contype AND h.convalidated
      WHERE k.conrelid = ${relation} AND ${which} AND k.contype = 'c' AND NOT k.convalidated AND h.conrelid IN ${heirs}`,
    `SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.conrelid::regclass, d), NULL::text[]
      FROM pg_constraint k, obj_description(k.oid, 'pg_constraint') d WHERE k.conrelid = ${relation} AND ${which} AND d IS NOT NULL`,
  ]
}

function ofPolicies(relation: string, which: string): readonly string[] {
  return [
    `SELECT format('COMMENT ON POLICY %I ON %s IS %L', p.polname, p.polrelid::regclass, d), NULL::text[]
      FROM pg_policy p, obj_description(p.oid, 'pg_policy') d WHERE p.polrelid = ${relation} AND ${which} AND d IS NOT NULL`,
  ]
}

/** Grants and comments, of columns too, and the defaults of columns; `kind` is what it becomes. */
function ofView(relation: string, kind: string): readonly string[] {
  return [
    ...ofRelation(relation, kind),
    ...(kind === 'VIEW'
      ? [
          `SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', a.attrelid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)), ARRAY[a.attname::text]
      FROM pg_attribute a JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum) WHERE a.attrelid = ${relation}`,
        ]
      : []),
    `SELECT format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass, a.attname, d), ARRAY[a.attname::text]
      FROM pg_attribute a, col_description(a.attrelid, a.attnum) d WHERE a.attrelid = ${relation} AND a.attnum > 0 AND d IS NOT NULL`,
    `SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, a.attrelid::regclass, ${grantee}, ${withOption}), ARRAY[a.attname::text]
      FROM pg_attribute a, aclexplode(a.attacl) g WHERE NOT a.attisdropped AND a.attrelid = ${relation}`,
  ]
}

/** Rules, too. */
function ofTriggers(relation: string): readonly string[] {
  return [
    `SELECT sql, ${columnsRead(relation, 'pg_rewrite', 'r.oid')} FROM pg_rewrite r, unnest(${ruleStatements}) WITH ORDINALITY AS s (sql, number)
      WHERE r.ev_class = ${relation} AND r.rulename <> '_RETURN'`,
    `SELECT sql, ${columnsRead(relation, 'pg_trigger', 'g.oid')} FROM pg_trigger g, unnest(${triggerStatements}) WITH ORDINALITY AS s (sql, number)
      WHERE g.tgrelid = ${relation} AND NOT g.tgisinternal`,
  ]
}

function ofType(type: string): readonly string[] {
  return [
    `SELECT format('COMMENT ON TYPE %s IS %L', t.oid::regtype, obj_description(t.oid, 'pg_type')), NULL::text[]
      FROM pg_type t WHERE t.oid = ${type} AND obj_description(t.oid, 'pg_type') IS NOT NULL`,
    ...ofOwner('TYPE', 'pg_type t', `t.oid = ${type}`, {
      name: 't.oid::regtype',
      owner: 't.typowner',
      schema: 't.typnamespace',
    }),
    `SELECT format('GRANT %s ON TYPE %s TO %s%s', g.privilege_type, t.oid::regtype, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_type t, aclexplode(t.typacl) g WHERE t.oid = ${type} AND g.grantee NOT IN (0, t.typowner)`,
    `SELECT format('REVOKE USAGE ON TYPE %s FROM PUBLIC', t.oid::regtype), NULL::text[]
      FROM pg_type t WHERE t.oid = ${type} AND t.typacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(t.typacl) g WHERE g.grantee = 0)`,
  ]
}

/** `which` is a condition on the pg_class row `c`. */
function ofSequences(which: string): readonly string[] {
  return [
    `SELECT format('COMMENT ON SEQUENCE %s IS %L', c.oid::regclass, d), NULL::text[]
      FROM pg_class c, obj_description(c.oid, 'pg_class') d WHERE c.relkind = 'S' AND ${which} AND d IS NOT NULL`,
    `SELECT format('GRANT %s ON SEQUENCE %s TO %s%s', g.privilege_type, c.oid::regclass, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_class c, aclexplode(c.relacl) g WHERE c.relkind = 'S' AND ${which} AND g.grantee <> c.relowner`,
  ]
}

function ofSchema(name: string): readonly string[] {
  return [
    `SELECT format('COMMENT ON SCHEMA %I IS %L', n.nspname, d), NULL::text[]
      FROM pg_namespace n, obj_description(n.oid, 'pg_namespace') d WHERE n.nspname = ${name} AND d IS NOT NULL`,
    `SELECT format('GRANT %s ON SCHEMA %I TO %s%s', g.privilege_type, n.nspname, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_namespace n, aclexplode(n.nspacl) g WHERE n.nspname = ${name} AND g.grantee <> n.nspowner`,
  ]
}

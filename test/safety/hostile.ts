import { readdir, readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { urlOf, withSql } from '../support/database.ts'
import { createDatabase, onServer, type TestDatabase } from '../support/postgres.ts'

/** Every word of Limbeck's sources. */
async function wordsOfSources(): Promise<ReadonlySet<string>> {
  const files = await readdir('src', { recursive: true })
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.ts')).map((file) => readFile(`src/${file}`, 'utf8')),
  )
  return new Set(texts.join('\n').match(/\b[a-z_][a-z0-9_]*\b/g))
}

const mixed = [
  'varchar',
  'text',
  'name',
  'oid',
  'int2',
  'int4',
  'int8',
  'bool',
  'regclass',
  '"char"',
]
const others = [
  'text[]',
  'name[]',
  'oid[]',
  'int2[]',
  'json',
  'jsonb',
  'timestamptz',
  'aclitem[]',
  'interval',
]
const operators = [
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '||',
  '@>',
  '<@',
  '-',
  '+',
  '*',
  '~',
  '!~',
  '~~',
  '!~~',
  '->',
  '->>',
  '&&',
  '?',
]

/** What a trap does to a superuser: the attacker climbs, and it is noted, also in a transaction that is rolled back. */
const climb = (attacker: string) =>
  `IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN
     PERFORM pg_catalog.nextval('public.caught'::pg_catalog.regclass);
     INSERT INTO public.prey VALUES (pg_catalog.current_query());
     EXECUTE 'ALTER ROLE ${attacker} SUPERUSER'; END IF;`

interface Name {
  readonly name: string
  readonly isType: boolean
}

/** What a role makes in a schema: everything is called like something of pg_catalog, and climbs when it is run. */
function traps(names: readonly Name[], attacker: string, schema: string): readonly string[] {
  const make = (name: string, args: string, returns: string, value: string) =>
    `CREATE FUNCTION ${schema}."${name}"(${args}) RETURNS ${returns} LANGUAGE plpgsql AS $$ BEGIN ${climb(attacker)} RETURN ${value}; END $$`
  const relation = (name: string) =>
    schema === 'public'
      ? `CREATE VIEW ${schema}."${name}" AS SELECT ${schema}.climbs() AS trapped`
      : `CREATE TABLE ${schema}."${name}" (trapped int)`
  const called = ({ name, isType }: Name) => [
    ...['', ...mixed, ...others, 'text, text', 'text, text, bool', 'VARIADIC text[]'].map((args) =>
      make(name, args, 'text', "'trapped'"),
    ),
    `CREATE AGGREGATE ${schema}."${name}"(record) (SFUNC = ${schema}.trap_state, STYPE = text)`,
    `CREATE AGGREGATE ${schema}."${name}"(*) (SFUNC = ${schema}.trap_star, STYPE = text)`,
    // One name is one type: of a relation, or of its own.
    isType ? `CREATE DOMAIN ${schema}."${name}" AS int4` : relation(name),
  ]
  const pairs = [
    ...mixed.flatMap((left) => mixed.map((right) => [left, right] as const)),
    ...others.map((type) => [type, type] as const),
    ...others.map((type) => [type, 'text'] as const),
  ]
  const operated = pairs.flatMap(([left, right], index) => [
    make(`op_${index}`, `${left}, ${right}`, 'bool', 'false'),
    ...operators.map(
      (operator) =>
        `CREATE OPERATOR ${schema}.${operator} (FUNCTION = ${schema}.op_${index}, LEFTARG = ${left}, RIGHTARG = ${right})`,
    ),
  ])
  return [
    make('climbs', '', 'text', "'trapped'"),
    make('trap_state', 'text, record', 'text', "'trapped'"),
    make('trap_star', 'text', 'text', "'trapped'"),
    ...operated,
    ...names.flatMap(called),
  ]
}

/** A type with casts to and from everything, which climb as well, and a table of it. */
function casts(attacker: string): readonly string[] {
  const body = `LANGUAGE plpgsql AS $$ BEGIN ${climb(attacker)} RETURN NULL; END $$`
  return [
    'CREATE TYPE public.trojan AS (inside text)',
    ...[...mixed, ...others].flatMap((type, index) => [
      `CREATE FUNCTION public.to_${index}(public.trojan) RETURNS ${type} ${body}`,
      `CREATE FUNCTION public.from_${index}(${type}) RETURNS public.trojan ${body}`,
      `CREATE CAST (public.trojan AS ${type}) WITH FUNCTION public.to_${index}(public.trojan) AS IMPLICIT`,
      `CREATE CAST (${type} AS public.trojan) WITH FUNCTION public.from_${index}(${type}) AS IMPLICIT`,
    ]),
    'CREATE TABLE public.horse (rider public.trojan)',
  ]
}

/** What cannot be made, because the name or the kind is taken, keeps none of the others from being made. */
function spring(statements: readonly string[]): string {
  const list = statements.map((sql) => `$trap$${sql}$trap$`).join(',')
  return `SET search_path TO pg_catalog; DO $spring$ DECLARE each text; BEGIN
    FOREACH each IN ARRAY ARRAY[${list}] LOOP
      BEGIN EXECUTE each; EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP; END $spring$`
}

/** A database to be cloned, full of traps in every schema that the attacker may create in. */
export async function hostileDatabase() {
  const database = await createDatabase()
  const attacker = `limbeck_attacker_${process.pid}`
  await onServer((sql) => sql.unsafe(`CREATE ROLE ${attacker} LOGIN PASSWORD 'pw'`))
  await database.query(`GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC;
    GRANT CREATE ON DATABASE "${database.name}" TO ${attacker}`)
  const url = urlOf(database.url, database.name, { name: attacker, password: 'pw' })
  const lay = (statement: string) => withSql(url, (sql) => sql.unsafe(statement))
  const words = await wordsOfSources()
  const found = await database.query<Name>(
    `SELECT name, bool_or(type) AS "isType" FROM (SELECT proname AS name, false AS type, pronamespace AS schema FROM pg_proc
       UNION SELECT relname, false, relnamespace FROM pg_class WHERE relkind IN ('r', 'v')
       UNION SELECT typname, typrelid = 0, typnamespace FROM pg_type) AS named
     WHERE schema = 'pg_catalog'::regnamespace GROUP BY name`,
  )
  const names = found.filter(({ name }) => words.has(name))
  // "$user" of a superuser that is called as usual.
  await lay(
    'CREATE SCHEMA postgres; CREATE SEQUENCE public.caught; CREATE TABLE public.prey (query text)',
  )
  for (const schema of ['public', 'postgres']) await lay(spring(traps(names, attacker, schema)))
  await lay(spring(casts(attacker)))
  const drop = async () => {
    await database.drop()
    // Its traps are in the clones of tests that failed.
    await onServer((sql) => sql.unsafe(`DROP ROLE ${attacker}`)).catch(() => {})
  }
  return { database, attacker, drop }
}

/** A superuser who looks out: postgres.js itself asks for types by whatever the path leads to. */
export async function carefully<T = Record<string, unknown>>(
  { url }: TestDatabase,
  statement: string,
): Promise<readonly T[]> {
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { search_path: 'pg_catalog' },
  })
  try {
    return (await sql.unsafe(statement)) as unknown as readonly T[]
  } finally {
    await sql.end()
  }
}

/** The statements by which a superuser was caught; those that were rolled back are only counted. */
export async function preyOf(database: TestDatabase): Promise<readonly string[]> {
  const rows = await carefully<{ query: string }>(database, 'SELECT query FROM public.prey')
  const [row] = await carefully<{ n: number }>(
    database,
    'SELECT CASE WHEN is_called THEN last_value ELSE 0::pg_catalog.int8 END::pg_catalog.int4 AS n FROM public.caught',
  )
  const unseen = (row?.n ?? 0) - rows.length
  return [...rows.map(({ query }) => query), ...(unseen > 0 ? [`${unseen} rolled back`] : [])]
}

/** How many traps of each kind there are. */
export async function countTraps(database: TestDatabase) {
  const rows = await carefully<Record<string, number>>(
    database,
    `
    SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = s.oids[1] AND prokind = 'f')::int4 AS functions,
      (SELECT count(*) FROM pg_proc WHERE pronamespace = ANY (s.oids) AND prokind = 'a')::int4 AS aggregates,
      (SELECT count(*) FROM pg_operator WHERE oprnamespace = ANY (s.oids))::int4 AS operators,
      (SELECT count(*) FROM pg_class WHERE relnamespace = ANY (s.oids) AND relkind = 'v')::int4 AS views,
      (SELECT count(*) FROM pg_type WHERE typnamespace = ANY (s.oids) AND typtype = 'd')::int4 AS domains,
      (SELECT count(*) FROM pg_cast c JOIN pg_type t ON t.oid = c.castsource WHERE t.typname = 'trojan')::int4 AS casts
    FROM (SELECT ARRAY['public', 'postgres']::regnamespace[]::oid[] AS oids) s`,
  )
  return rows[0]
}

import type { Connection } from '../../database/connection.ts'

/** The server as far as DDL may come out differently on another one, or on this one another day. */
export interface ServerFacts {
  readonly facts: unknown
  /** They may do anything to what is made. */
  readonly hasEventTriggers: boolean
}

/** One query; any change of what names, literals and expressions resolve to changes the facts. */
export async function readServerFacts({ ask }: Connection): Promise<ServerFacts> {
  const [row] = await ask<{ server: ServerFacts }>(`
SELECT json_build_object('hasEventTriggers', EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D'),
  'facts', json_build_array(version(), current_user, session_user,
    ${digests.map(([row, from]) => `(SELECT md5(string_agg(x, ' ' ORDER BY x)) FROM (SELECT ROW(${row})::text AS x FROM ${from}) x)`).join(',\n    ')})) AS server`)
  if (!row) throw new TypeError('a SELECT without FROM gives one row')
  return row.server
}

// What a user makes has an oid of at least 16384.
const catalogs = [
  'pg_extension',
  'pg_proc',
  'pg_enum',
  'pg_cast',
  'pg_operator',
  'pg_opclass',
  'pg_opfamily',
  'pg_amop',
  'pg_amproc',
  'pg_am',
  'pg_collation',
  'pg_language',
  'pg_transform',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_ts_parser',
  'pg_ts_template',
]

const relations = `pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S')
      AND c.oid >= 16384 AND NOT pg_is_other_temp_schema(c.relnamespace)`
const ofRelations = (column: string) => `${column} IN (SELECT c.oid FROM ${relations})`

/** What of each row counts, and which rows. */
const digests: readonly (readonly [string, string])[] = [
  // The name tells the sessions of one tool apart, and nothing else.
  ['s.name, s.setting, s.reset_val', "pg_settings s WHERE s.name <> 'application_name'"],
  [
    "to_jsonb(d) - 'datfrozenxid' - 'datminmxid'",
    'pg_database d WHERE datname = current_database()',
  ],
  ['r.*', 'pg_roles r'],
  ['m.*', 'pg_auth_members m'],
  ['n.*', "pg_namespace n WHERE n.nspname !~ '^pg_'"],
  ...catalogs.map((name) => ['c.*', `${name} c WHERE c.oid >= 16384`] as const),
  ['a.*', 'pg_aggregate a WHERE a.aggfnoid::oid >= 16384'],
  ['r.*', 'pg_range r WHERE r.rngtypid >= 16384'],
  ['t.*', 'pg_type t WHERE t.oid >= 16384 AND NOT pg_is_other_temp_schema(t.typnamespace)'],
  // Of relations nothing that changes with their rows.
  ['c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl', relations],
  [
    'a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attisdropped, a.attacl',
    `pg_attribute a WHERE a.attnum > 0 AND ${ofRelations('a.attrelid')}`,
  ],
  [
    'i.indrelid, i.indkey, i.indimmediate, i.indisprimary, i.indisvalid, i.indpred IS NULL',
    `pg_index i WHERE i.indisunique AND ${ofRelations('i.indrelid')}`,
  ],
]

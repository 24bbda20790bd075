import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { parseVersionState, readVersionState, type VersionState } from '../database/read-state.ts'
import type { Tables } from '../database/tables.ts'
import { LimbeckError } from '../errors.ts'
import { quoteLiteral } from '../sql/quote.ts'

/**
 * Where no target schema is configured, the connection's own is taken: the first of its search_path that exists, which is
 * where the service's unqualified names lead as well. The first query has looked in `public`, which costs another round trip
 * in any other schema only. Returns the configuration with that schema, and the version state read there. Throws
 * LIMBECK_INVALID_OPTION where that leads away from this service's version rows.
 */
export async function locateSchema(
  config: Config,
  connection: Connection,
): Promise<readonly [Config, VersionState]> {
  const first = () => parseVersionState(connection.greeting, config.tables)
  if (config.isSchemaGiven) return [config, first()]
  const schema = connection.currentSchema ?? (await readFirstNamed(connection)) ?? config.schema
  if (schema === config.schema) return [config, first()]
  const tables = config.isVersionSchemaGiven ? config.tables : { ...config.tables, schema }
  const state = await readVersionState(connection, tables)
  if (!isVersioned(state) && isReadable(first) && (await isInPath(connection, config.schema))) {
    const kept = `the target schema stays ${config.schema}, whose version table has rows; option schema says otherwise`
    config.logger.warn({ schema: config.schema, first: schema }, kept)
    return [config, first()]
  }
  if (!isVersioned(state) && !config.isVersionSchemaGiven)
    await refuseMoved(config, connection, tables)
  config.logger.info(
    { schema },
    `the target schema is ${schema}: it comes first in the search_path`,
  )
  return [{ ...config, schema, tables, isSchemaGiven: true }, state]
}

/** Tables in `public` that are another role's, or may not be read, are not this service's. */
function isReadable(first: () => VersionState): boolean {
  try {
    return isVersioned(first())
  } catch {
    return false
  }
}

const isVersioned = ({ rows }: VersionState) => rows !== null && rows.length > 0

async function isInPath({ query }: Connection, schema: string): Promise<boolean> {
  const [row] = await query<{ found: boolean }>(
    `SELECT ${quoteLiteral(schema)} OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(false)) AS found`,
  )
  return row?.found === true
}

/** The first schema that the search_path names, where none of them exists: it is to be created. Null for an empty one. */
async function readFirstNamed({ query }: Connection): Promise<string | null> {
  const [row] = await query<{ path: string }>(
    `SELECT pg_catalog.current_setting('search_path') AS path`,
  )
  const names = [...(row?.path ?? '').matchAll(/"((?:[^"]|"")*)"|([^",\s]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '',
  )
  return names.find((name) => name !== '' && name !== '$user' && !name.startsWith('pg_')) ?? null
}

/**
 * A search_path that was changed leads to a schema where nothing is recorded: a second set of tables would be made there. This
 * service's rows are in a table that the same role owns, and its files know them. A path that the URL gives is no change.
 */
async function refuseMoved(config: Config, connection: Connection, here: Tables): Promise<void> {
  const homes = await connection.ask<{ schema: string }>(`SELECT n.nspname AS schema
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ${quoteLiteral(here.version)} AND c.relkind = 'r' AND n.nspname <> ${quoteLiteral(here.schema)}
  AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
  AND EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS setting WHERE setting LIKE 'search_path=%'
    AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY 1 LIMIT 20`)
  if (homes.length === 0) return
  // A boot at head does without the reader of revisions.
  const { loadRevisions } = await import('../script/revisions.ts')
  const known = await loadRevisions(config.folders).catch(() => undefined)
  if (known === undefined) return
  for (const { schema } of homes) {
    const { rows } = await readVersionState(connection, { ...here, schema })
    if (rows?.length && rows.every((row) => known.map.nodes.has(row)))
      throw moved(schema, here.schema, rows)
  }
}

function moved(from: string, to: string, rows: readonly string[]): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `the search_path leads to schema ${to}, where no version row is; schema ${from} has one: ${rows.join(', ')}`,
    {
      revisions: rows,
      hint: `Say where the tables are: with the option schema: ${JSON.stringify(from)} it goes on there; with schema: ${JSON.stringify(to)}, versionSchema: ${JSON.stringify(from)} where they were moved; with schema: ${JSON.stringify(to)} alone it builds a new database there.`,
    },
  )
}

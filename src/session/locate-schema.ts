import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { parseVersionState, readVersionState, type VersionState } from '../database/read-state.ts'
import { quoteLiteral } from '../sql/quote.ts'

/**
 * Where no target schema is configured, the connection's own is taken: the first of its search_path that exists, which is
 * where the service's unqualified names lead as well. The first query has looked in `public`, which costs another round trip
 * in any other schema only. Returns the configuration with that schema, and the version state read there.
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

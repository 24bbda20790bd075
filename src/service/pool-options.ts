import path from 'node:path'
import type { Options } from 'postgres'
import { tlsTarget } from '../database/driver/tls.ts'
import { type Endpoint, parseUrl } from '../database/url.ts'
import { settingsOf } from '../database/url-parameters.ts'

/** Of the pool itself, which postgres.js would read in the URL. */
const ofPool = ['idle_timeout', 'max_lifetime', 'connect_timeout', 'keep_alive', 'max_pipeline']

/**
 * What postgres.js is told of a URL, and never the URL: two parsers would lead the migrator and the pool of one service
 * to different servers, or only one of them to any.
 */
export function poolOptions(url: string): Options<Record<string, never>> {
  const { endpoints, user, password, database, parameters } = parseUrl(url, 'DATABASE_URL')
  const tls = tlsTarget(undefined, parameters)
  // Of several servers the migrator has gone to the primary.
  const wanted =
    parameters.get('target_session_attrs') ?? (endpoints.length > 1 ? 'primary' : 'any')
  const limits = ofPool.flatMap((name) =>
    parameters.has(name) ? [[name, Number(parameters.get(name))]] : [],
  )
  return {
    ...server(endpoints),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ssl: sslOf(tls),
    ...(tls.isDirect ? { sslnegotiation: 'direct' } : {}),
    ...(wanted === 'any' ? {} : { target_session_attrs: wanted }),
    ...(parameters.get('prepare') === 'false' ? { prepare: false } : {}),
    ...Object.fromEntries(limits),
    connection: {
      application_name: parameters.get('application_name') || 'catalogue',
      ...settingsOf(parameters),
    },
  } as Options<Record<string, never>>
}

function sslOf({
  mode,
  options,
}: ReturnType<typeof tlsTarget>): Options<Record<string, never>>['ssl'] {
  if (mode === 'disable') return false
  return mode === 'prefer' ? 'prefer' : options
}

/** Without a name it is left to PGHOST and PGPORT. */
function server(endpoints: readonly Endpoint[]) {
  const [first] = endpoints
  if (first && 'path' in first) return { path: first.path }
  if (first?.host === undefined && endpoints.length === 1)
    return first?.port === undefined ? {} : { port: first.port }
  return {
    host: endpoints.map((each) =>
      'path' in each ? path.dirname(each.path) : (each.host ?? 'localhost'),
    ),
    port: endpoints.map((each) => ('path' in each ? 5432 : (each.port ?? 5432))),
  }
}

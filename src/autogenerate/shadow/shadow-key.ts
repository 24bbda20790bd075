import { createHash } from 'node:crypto'
import type { Connection } from '../../database/connection.ts'
import { catalogQueries } from '../catalog/read-catalog.ts'
import { searchPathStatement } from '../catalog/scope.ts'
import { readServerFacts } from './server-fingerprint.ts'
import type { Shadow } from './shadow.ts'

/** Keeps texts from one run to the next. It may lose any of them, but never gives another one. */
export interface TextCache {
  readonly read: (key: string) => Promise<string | undefined>
  readonly write: (key: string, text: string) => Promise<void>
}

/**
 * A hash of all that reading the built shadow could depend on: the statements, the queries, and the server around them.
 * Null where that cannot be told: event triggers may do anything, and roles that are made in the shadow are gone after it.
 */
export async function shadowKey(connection: Connection, shadow: Shadow): Promise<string | null> {
  if (shadow.missingRoles.length > 0) return null
  const server = await readServerFacts(connection)
  if (server.hasEventTriggers) return null
  const parts = [
    server,
    searchPathStatement(shadow.scope),
    shadow.scope.schemas,
    shadow.steps.map(({ sql }) => sql),
    catalogQueries(shadow.scope),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

import type { Connection } from './connection-types.ts'
import { codeOf } from './server-error.ts'

/** libpq's target_session_attrs, and `prefer-primary`: what a list of servers means where it is not said. */
export type WantedServer =
  | 'any'
  | 'read-write'
  | 'read-only'
  | 'primary'
  | 'standby'
  | 'prefer-standby'
  | 'prefer-primary'

/** Of several servers the primary: after a failover the same URL leads to it. */
export function wantedServer(attrs: string | undefined, servers: number): WantedServer {
  return (attrs as WantedServer | undefined) ?? (servers > 1 ? 'prefer-primary' : 'any')
}

/** Whether the second best will do when no server is the kind that is wanted. */
export const standInFor = (wanted: WantedServer): boolean => wanted.startsWith('prefer-')

/** PostgreSQL 14 and later say it when they let a client in; older ones, and poolers, are asked. */
export async function isWanted(
  connection: Pick<Connection, 'ask' | 'isPooled'> & {
    readonly parameter: (name: string) => string | undefined
  },
  wanted: WantedServer,
): Promise<boolean> {
  if (wanted === 'any') return true
  const told = connection.isPooled ? undefined : connection.parameter('in_hot_standby')
  const needsAnswer = told === undefined || wanted === 'read-write' || wanted === 'read-only'
  const [row] = needsAnswer
    ? await connection.ask<{ isStandby: boolean; isReadOnly: boolean }>(
        `SELECT pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only')::boolean AS "isReadOnly"`,
      )
    : [{ isStandby: told === 'on', isReadOnly: told === 'on' }]
  const { isStandby = false, isReadOnly = false } = row ?? {}
  if (wanted === 'read-write') return !isReadOnly
  if (wanted === 'read-only') return isReadOnly
  return wanted.endsWith('standby') ? isStandby : !isStandby
}

/** Time may change it: a standby is promoted. */
export function unwantedServer(wanted: WantedServer): Error {
  const message = `the server is not what target_session_attrs=${wanted} asks for`
  return Object.assign(new Error(message), { code: 'LIMBECK_CONNECTION_FAILED' })
}

/** What to say when none of the servers is the one: of several, of each of them. */
export function noServer(failures: readonly (readonly [string, unknown])[]): unknown {
  const last = failures.at(-1)?.[1]
  if (failures.length < 2) return last
  const reasons = failures.map(
    ([where, error]) => `${where}: ${(error as Error).message || codeOf(error)}`,
  )
  return Object.assign(new Error(reasons.join('; '), { cause: last }), { code: codeOf(last) })
}

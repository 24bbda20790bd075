import type { Scope } from '../autogenerate/catalog/scope.ts'
import { printed } from '../autogenerate/catalog/sql-fragments.ts'
import type { Connection } from '../database/connection.ts'
import { topologicalSort } from '../graph.ts'
import type { ObjectName } from '../schema/schema.ts'
import { comeBack, makeWay } from '../sql/detour.ts'
import type { Detour } from './dependents.ts'
import { hangingQuery } from './hanging-query.ts'
import { keyFor, type MadeAgain } from './made-again.ts'
import { NOTE } from './owner-and-grants.ts'
import { readPutBack } from './put-back.ts'

/** Something that no comparison takes care of, with how it makes way for a change of what it leans on. */
export interface Hanging {
  readonly id: string
  /** How it is dropped and made again, with all it carries; null where that would not be exact, or is not this role's to do. */
  readonly again: Detour | null
  /** The ids of what it leans on, of those that are read with it. */
  readonly on: readonly string[]
  /** Tables and views that it reads. */
  readonly reads: readonly ObjectName[]
  /** Its own name, where it is a view. */
  readonly view: ObjectName | null
}

interface HangingRow {
  readonly id: string
  readonly on: readonly string[]
  readonly label: string
  readonly drop: string | null
  readonly there: string | null
  readonly create: readonly (string | null)[] | null
  readonly reads: readonly ObjectName[]
  readonly view: ObjectName | null
  readonly object: MadeAgain | null
}

/** The objects of these ids and all that leans on them in turn, each behind what it leans on. To be called in a transaction. */
export async function readHanging(
  connection: Connection,
  scope: Scope,
  ids: readonly string[],
): Promise<readonly Hanging[]> {
  if (ids.length === 0) return []
  const all = `SELECT coalesce(json_agg(x), '[]')::text FROM (${hangingQuery(scope, ids)}) x`
  const [answer] = await connection.ask<{ json: string }>(printed(scope, all, 'json'))
  const rows = JSON.parse(answer?.json ?? '[]') as readonly HangingRow[]
  const objects = rows.flatMap(({ object }) => object ?? [])
  const carried = await readPutBack(connection, scope, objects)
  const found = new Map(
    rows.map(({ id, on, label, drop, there, create, reads, view, object }) => {
      const more = object === null ? [] : (carried.get(keyFor(object)) ?? [])
      const statements = [...(create ?? []), ...more.map(({ sql }) => sql)].flatMap(
        (sql) => sql ?? [],
      )
      const isExact = drop && there && !statements.some((sql) => sql.startsWith(NOTE))
      const moving = { label, there: there ?? '' }
      const again = isExact
        ? { drop: makeWay(moving, drop), create: [comeBack(moving, statements)] }
        : null
      return [id, { id, on, reads, view, again } satisfies Hanging] as const
    }),
  )
  const sorted = topologicalSort(found.keys(), (id) => found.get(id)?.on ?? [])
  return sorted.kind === 'cycle'
    ? [...found.values()].map((one) => ({ ...one, again: null }))
    : sorted.order.flatMap((id) => found.get(id) ?? [])
}

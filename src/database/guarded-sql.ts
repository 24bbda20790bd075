import type { Sql } from 'postgres'
import type { Connection } from './connection.ts'
import { connectionLost } from './driver/socket.ts'

const forbidden = new Set(['end', 'close', 'reserve', 'listen', 'subscribe'])

/**
 * postgres.js for a revision's code: as usual, but it stops when the connection is lost (instead of going on with a
 * new one, outside the transaction) and `begin` nests as a savepoint when `inTransaction`.
 */
export function guardedSql(connection: Connection, inTransaction: boolean): Sql {
  let depth = inTransaction ? 1 : 0
  const begin = async (...args: readonly unknown[]): Promise<unknown> => {
    const work = args.at(-1) as (sql: Sql) => unknown
    const [open, close, undo] = block(depth)
    await connection.query(open)
    depth += 1
    try {
      const result = await work(guarded)
      const settled = Array.isArray(result) ? await Promise.all(result) : result
      await connection.query(close)
      return settled
    } catch (error) {
      if (!connection.isLost()) await connection.query(undo)
      throw error
    } finally {
      depth -= 1
    }
  }
  const guarded: Sql = new Proxy(connection.sql, {
    apply(target, self, args) {
      if (connection.isLost()) throw connectionLost()
      return placed(Reflect.apply(target, self, args))
    },
    get(target, key) {
      if (connection.isLost()) throw connectionLost()
      if (key === 'begin' || key === 'savepoint') return begin
      if (key === 'unsafe')
        return (...args: readonly unknown[]) => placed(Reflect.apply(target.unsafe, target, args))
      if (forbidden.has(String(key)))
        throw new TypeError(
          `sql.${String(key)} is not for revisions: the connection is the runner's`,
        )
      return Reflect.get(target, key)
    },
  })
  return guarded
}

// postgres.js appends the place of the call to an error, but looks only four frames up: this guard is one of them.
function placed<T>(query: T): T {
  if (query instanceof Promise)
    Object.defineProperty(query, 'origin', { value: new Error().stack ?? '' })
  return query
}

function block(depth: number): readonly [string, string, string] {
  if (depth === 0) return ['BEGIN', 'COMMIT', 'ROLLBACK']
  const name = `limbeck_${depth}`
  return [
    `SAVEPOINT ${name}`,
    `RELEASE SAVEPOINT ${name}`,
    `ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`,
  ]
}

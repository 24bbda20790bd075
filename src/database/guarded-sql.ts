import { readFileSync } from 'node:fs'
import type { Sql } from 'postgres'
import { LimbeckError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { connectionLost } from './driver/socket.ts'
import { type FailedQuery, watchQueries } from './failed-query.ts'
import { lateQuery } from './late-query.ts'
import { type OpenResults, openResults } from './open-results.ts'
import {
  type OpenTransaction,
  type OpenTransactions,
  openTransactionsFrom,
  settled,
} from './open-transactions.ts'
import { refusalOf } from './refused-query.ts'

/** postgres.js for one body of code, for as long as that runs. */
export interface GuardedSql {
  readonly sql: Sql
  /**
   * Runs what uses the connection itself, after what has been begun beside it and before what comes. Rejects inside a transaction
   * of the code's own where `commits`: that would commit it.
   */
  readonly alone: <T>(work: () => Promise<T>, commits: boolean) => Promise<T>
  /** Closes what is open. Throws where that is a COPY. */
  readonly close: () => void
  /** From now on every query is rejected: the connection is busy with other things. */
  readonly end: () => void
  readonly failed: FailedQuery
}

const forbidden = new Set(['end', 'close', 'reserve', 'listen', 'subscribe'])

/**
 * postgres.js for a revision's code: as usual, but it stops when the connection is lost (instead of going on with a
 * new one, outside the transaction), `begin` nests as a savepoint when `inTransaction`, and no query may end the
 * transaction or give the lock back.
 */
export function guardedSql(
  connection: Connection,
  inTransaction: boolean,
  onLate: () => void = () => {},
): GuardedSql {
  const state = guardState(onLate)
  const transactions = openTransactionsFrom(inTransaction ? 1 : 0)
  const failed = watchQueries()
  const results = openResults()
  const begin = async (...args: readonly unknown[]): Promise<unknown> => {
    if (state.ended) throw state.late()
    const work = args.at(-1) as (sql: Sql) => unknown
    return await transactions.enter(async (transaction) => {
      if (state.ended) throw state.late()
      results.refuseQuery()
      return await inBlock(connection, transaction, { state, results }, () => work(guarded))
    })
  }
  const problemOf = (text: string): Error | null => {
    if (state.ended) return state.late()
    if (connection.isLost()) return connectionLost()
    return refusalOf(text, transactions.current().depth > 0)
  }
  const checked = <T>(text: string, query: () => T): T => {
    const problem = problemOf(text)
    return problem
      ? rejected(query(), problem)
      : inTurn(results.watch(failed.watch(withCallSite(query()))), transactions, { state, results })
  }
  const unsafe = (text: string, ...args: readonly unknown[]) =>
    checked(text, () => Reflect.apply(connection.sql.unsafe, connection.sql, [text, ...args]))
  const guarded: Sql = new Proxy(connection.sql, {
    apply(target, self, args) {
      const [strings] = args as readonly unknown[]
      const isQuery = Array.isArray(strings) && 'raw' in strings
      const text = isQuery ? strings.join(' $0 ') : ''
      return isQuery
        ? checked(text, () => Reflect.apply(target, self, args))
        : Reflect.apply(target, self, args)
    },
    get(target, key) {
      if (key === 'begin' || key === 'savepoint') return begin
      if (key === 'unsafe') return unsafe
      if (key === 'file')
        return (file: string, ...args: readonly unknown[]) =>
          unsafe(state.ended ? '' : readFileSync(file, 'utf8'), ...args)
      if (forbidden.has(String(key)))
        throw new TypeError(
          `sql.${String(key)} is not for revisions: the connection is the runner's`,
        )
      return Reflect.get(target, key)
    },
  })
  return {
    sql: guarded,
    alone: async (work, commits) => {
      if (state.ended) throw state.late()
      results.refuseQuery()
      if (commits && transactions.current().depth > 0) throw insideTransaction()
      return await transactions.enter(work)
    },
    close: results.close,
    end: () => {
      closeQuietly(results)
      state.ended = true
    },
    failed,
  }
}

interface GuardState {
  /** The body has returned. */
  ended: boolean
  /** The error of a query that is made all the same. */
  readonly late: () => LimbeckError
}

/** What a query is held against when it is sent. */
interface Guarding {
  readonly state: GuardState
  readonly results: OpenResults
}

/** `onLate` is called once, however many queries follow. */
function guardState(onLate: () => void): GuardState {
  let isTold = false
  const late = () => {
    if (!isTold) onLate()
    isTold = true
    return lateQuery()
  }
  return { ended: false, late }
}

/** Runs `work` in a transaction, or in a savepoint of the one around it. */
async function inBlock(
  connection: Connection,
  transaction: OpenTransaction,
  { state, results: open }: Guarding,
  work: () => unknown,
): Promise<unknown> {
  const [begin, close, undo] = block(transaction.depth - 1)
  await connection.query(begin)
  try {
    const result = await work()
    const results = Array.isArray(result) ? await Promise.all(result) : result
    await settled(transaction)
    if (state.ended) throw state.late()
    open.close()
    await connection.query(close)
    return results
  } catch (error) {
    await settled(transaction)
    closeQuietly(open)
    if (!connection.isLost() && !state.ended) await connection.query(undo)
    throw error
  }
}

/**
 * A query that is made beside an open transaction waits for its end: it is no part of it. postgres.js sends a query when it is
 * first awaited, which may be after the revision has returned.
 */
function inTurn<T>(query: T, transactions: OpenTransactions, { state, results }: Guarding): T {
  if (!(query instanceof Promise)) return query
  const own = query as unknown as Sendable
  const send = own.handler
  const sendInTime: typeof send = (sent) => {
    try {
      if (state.ended) throw state.late()
      results.refuseQuery()
    } catch (error) {
      return sent.reject(error as Error)
    }
    send(sent)
  }
  own.handler = (sent) => {
    const transaction = transactions.current()
    if (transaction.open === 0) return sendInTime(sent)
    void settled(transaction).then(() => sendInTime(sent))
  }
  return query
}

function closeQuietly(results: OpenResults): void {
  try {
    results.close()
  } catch {
    // It has failed already, by what is told.
  }
}

/** What postgres.js calls with a query that is awaited. */
interface Sendable {
  handler: (query: { readonly reject: (error: Error) => void }) => void
}

/**
 * The same query, which fails without being sent. A rejection that is not handled must not end the process, nor one of what was
 * made of the query by then().
 */
function rejected<T>(query: T, problem: Error): T {
  if (!(query instanceof Promise)) throw problem
  Object.assign(query, {
    handler: (own: { reject: (error: Error) => void }) => own.reject(problem),
  })
  const then = query.then.bind(query)
  Reflect.set(query, 'then', (...handlers: Parameters<typeof then>) => {
    const next = then(...handlers)
    next.catch(() => {})
    return next
  })
  query.catch(() => {})
  return query
}

function insideTransaction(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    'a backfill of a revision without a transaction commits each batch, and cannot run inside a transaction',
    { hint: 'Call it outside of sql.begin() and db.transaction(), or remove `transaction: none`.' },
  )
}

// postgres.js appends where the call stands to an error, but looks only four frames up: this guard is one of them.
function withCallSite<T>(query: T): T {
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

import { readFileSync } from 'node:fs'
import type { Sql } from 'postgres'
import { LimbeckError } from '../errors.ts'
import { codeRange, sqlParts } from '../sql/text.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import type { Connection } from './connection.ts'
import { connectionLost } from './driver/socket.ts'
import { type FailedQuery, watchQueries } from './failed-query.ts'
import {
  type OpenTransaction,
  type OpenTransactions,
  openTransactionsFrom,
  settled,
} from './open-transactions.ts'

/** postgres.js for one body of code, for as long as that runs. */
export interface GuardedSql {
  readonly sql: Sql
  /**
   * Runs what uses the connection itself, after what has been begun beside it and before what comes. Rejects inside a transaction
   * of the code's own where `commits`: that would commit it.
   */
  readonly alone: <T>(work: () => Promise<T>, commits: boolean) => Promise<T>
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
export function guardedSql(connection: Connection, inTransaction: boolean): GuardedSql {
  const state = { ended: false }
  const transactions = openTransactionsFrom(inTransaction ? 1 : 0)
  const failed = watchQueries()
  const begin = async (...args: readonly unknown[]): Promise<unknown> => {
    if (state.ended) throw returned()
    const work = args.at(-1) as (sql: Sql) => unknown
    return await transactions.enter(async (transaction) => {
      if (state.ended) throw returned()
      return await inBlock(connection, transaction, state, () => work(guarded))
    })
  }
  const checked = <T>(text: string, query: () => T): T => {
    if (connection.isLost() && !state.ended) throw connectionLost()
    const problem = state.ended ? returned() : refusal(text, transactions.current().depth > 0)
    return problem
      ? rejected(query(), problem)
      : inTurn(failed.watch(withCallSite(query())), transactions, state)
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
      if (connection.isLost() && !state.ended) throw connectionLost()
      if (key === 'begin' || key === 'savepoint') return begin
      if (key === 'unsafe') return unsafe
      if (key === 'file')
        return (file: string, ...args: readonly unknown[]) =>
          unsafe(readFileSync(file, 'utf8'), ...args)
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
      if (state.ended) throw returned()
      if (commits && transactions.current().depth > 0) throw insideTransaction()
      return await transactions.enter(work)
    },
    end: () => {
      state.ended = true
    },
    failed,
  }
}

interface GuardState {
  /** The body has returned. */
  ended: boolean
}

/** Runs `work` in a transaction, or in a savepoint of the one around it. */
async function inBlock(
  connection: Connection,
  transaction: OpenTransaction,
  state: GuardState,
  work: () => unknown,
): Promise<unknown> {
  const [open, close, undo] = block(transaction.depth - 1)
  await connection.query(open)
  try {
    const result = await work()
    const results = Array.isArray(result) ? await Promise.all(result) : result
    await settled(transaction)
    if (state.ended) throw returned()
    await connection.query(close)
    return results
  } catch (error) {
    await settled(transaction)
    if (!connection.isLost() && !state.ended) await connection.query(undo)
    throw error
  }
}

/** A query that is made beside an open transaction waits for its end: it is no part of it. */
function inTurn<T>(query: T, transactions: OpenTransactions, state: GuardState): T {
  if (!(query instanceof Promise)) return query
  const own = query as unknown as Sendable
  const send = own.handler
  own.handler = (sent) => {
    const transaction = transactions.current()
    if (transaction.open === 0) return send(sent)
    void settled(transaction).then(() => (state.ended ? sent.reject(returned()) : send(sent)))
  }
  return query
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

function returned(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    'this query was made after the revision had returned',
    { hint: 'Await every query in the revision.' },
  )
}

function insideTransaction(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    'a backfill of a revision without a transaction commits each batch, and cannot run inside a transaction',
    { hint: 'Call it outside of sql.begin() and db.transaction(), or remove `transaction: none`.' },
  )
}

const endings =
  /^(?:BEGIN|START\s+TRANSACTION|COMMIT(?!\s+PREPARED)|END|ABORT|ROLLBACK(?!\s+PREPARED)(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b)|PREPARE\s+TRANSACTION)\b/i
const unlocking = /^(?:DISCARD\s+ALL|SELECT\b[^';]*\bpg_advisory_unlock_all)\b/i

/** Outside a transaction a text may hold all of one. */
function refusal(text: string, inTransaction: boolean): LimbeckError | null {
  if (
    !/\b(?:BEGIN|START|COMMIT|END|ABORT|ROLLBACK|PREPARE|DISCARD|pg_advisory_unlock_all)\b/i.test(
      text,
    )
  )
    return null
  // A function's body has semicolons of its own, which the grammar alone can tell.
  if (/\bBEGIN\s+ATOMIC\b/i.test(text)) return null
  let open = 0
  for (const statement of statementsOf(text)) {
    if (unlocking.test(statement)) return refused(statement, 'would give the migration lock back')
    if (!endings.test(statement)) continue
    const opens = /^(?:BEGIN|START)/i.test(statement)
    open += opens ? 1 : -1
    if (inTransaction || open < 0 || open > 1)
      return refused(statement, 'would begin or end a transaction that is not its own')
  }
  return open === 0
    ? null
    : refused(text.trim(), 'would begin or end a transaction that is not its own')
}

function refused(statement: string, what: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    `"${withoutSecrets(statement).replace(/\s+/g, ' ').slice(0, 40)}" ${what}`,
    { hint: 'Use sql.begin() or db.transaction(): inside a transaction they are savepoints.' },
  )
}

function* statementsOf(text: string): Generator<string> {
  let from = 0
  const piece = (to: number) => {
    const part = text.slice(from, to)
    const code = codeRange(part)
    return part.slice(code.start, code.end)
  }
  for (const { kind, start, end } of sqlParts(text)) {
    if (kind !== 'semicolon') continue
    yield piece(start)
    from = end
  }
  yield piece(text.length)
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

import { LimbeckError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { isServerError, serverErrorIn, serverFacts } from './server-error.ts'

/** in_failed_sql_transaction: all that PostgreSQL says once a query of the transaction has failed. */
const aborted = '25P02'

/** Remembers which query of a body failed, for when the body goes on as if none had. */
export interface FailedQuery {
  /** Looks out for the failure of a query of postgres.js. */
  readonly watch: <T>(query: T) => T
  /** The error, or the failure that it follows from. */
  readonly explain: (error: unknown) => unknown
  /** Throws where the transaction of the body is aborted. */
  readonly refuseAborted: (connection: Connection) => Promise<void>
}

/** What postgres.js calls with what came of a query. */
interface Settled {
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/** For one body of code. */
export function watchQueries(): FailedQuery {
  // What failed in a savepoint comes before what has aborted the transaction.
  let last: unknown
  let unanswered = 0
  const explain = (error: unknown) =>
    last !== undefined && serverErrorIn(error)?.code === aborted ? wentOn(last) : error
  return {
    watch: (query) => {
      if (!(query instanceof Promise)) return query
      const own = query as unknown as Settled
      const { resolve, reject } = own
      unanswered += 1
      own.resolve = (result) => {
        unanswered -= 1
        resolve(result)
      }
      own.reject = (error) => {
        unanswered -= 1
        if (isServerError(error) && error.code !== aborted) last = error
        reject(error)
      }
      return query
    },
    explain,
    refuseAborted: async ({ query }) => {
      if (last === undefined && unanswered === 0) return
      // Answered behind those that are not awaited.
      await query('SELECT').catch((error: unknown) => {
        throw explain(error)
      })
    },
  }
}

function wentOn(failed: unknown): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    `a query failed, and the revision went on in the aborted transaction: ${(failed as Error).message}`,
    {
      ...serverFacts(failed),
      cause: failed,
      hint: 'Await every query, and put what may fail into sql.begin(): that is a savepoint. The failed step was rolled back.',
    },
  )
}

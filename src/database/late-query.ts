import host from 'node:process'
import { LimbeckError } from '../errors.ts'

// Of the process, not of this module: it may be loaded more than once, as ESM and as CommonJS.
const mark = Symbol.for('limbeck.late-query')

/**
 * What a query is rejected with that code makes after it has returned. Where nothing catches it the process goes on: the step is
 * long committed, and what the service does by now is not the revision's to end.
 */
export function lateQuery(): LimbeckError {
  const error = new LimbeckError(
    'LIMBECK_STEP_FAILED',
    'this query was made after the revision had returned',
    { hint: 'Await every query in the revision.' },
  )
  Object.defineProperty(error, mark, { value: true })
  // From the first late query on, not before: a listener changes what Node.js does with every rejection.
  if (!host.listeners('unhandledRejection').some(isMarked)) host.on('unhandledRejection', passOver)
  return error
}

function passOver(reason: unknown): void {
  const isHeardByOthers = host.listenerCount('unhandledRejection') > 1
  if (isHeardByOthers || isLate(reason)) return
  // Rejected once more without a listener, it is what the process was started to make of it.
  host.nextTick(() => {
    host.off('unhandledRejection', passOver)
    void Promise.reject(reason)
    setImmediate(() => host.on('unhandledRejection', passOver))
  })
}
Object.defineProperty(passOver, mark, { value: true })

const isMarked = (value: object) => Reflect.get(value, mark) === true

/** Also what code or Drizzle has put around it. */
function isLate(reason: unknown): boolean {
  const seen = new Set<unknown>()
  for (let error = reason; error instanceof Error && !seen.has(error); error = error.cause) {
    if (isMarked(error)) return true
    seen.add(error)
  }
  return false
}

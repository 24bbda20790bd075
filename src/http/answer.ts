import { STATUS_CODES } from 'node:http'
import type { GateState } from './gate-state.ts'
import { forStrangers } from './health.ts'

/** One answer, whatever sends it. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

const json = { 'content-type': 'application/json; charset=utf-8' } as const
// What a cache keeps of a probe is wrong a second later.
const fresh = { ...json, 'cache-control': 'no-store' } as const

/** What `GET <path>` answers: 200 when the schema of this database is ready, else 503. */
export function healthAnswer(
  { health, retryAfter, isTrusted }: GateState,
  request: unknown,
): HttpAnswer {
  const report = health.report()
  const body = isTrusted(request) ? report : forStrangers(report)
  if (health.isReady()) return { status: 200, headers: fresh, body }
  return { status: 503, headers: { ...fresh, 'retry-after': String(retryAfter) }, body }
}

/** What `GET <path>/ready` answers: the same, but of a process with several databases all have to be ready. */
export function readyAnswer(
  own: GateState,
  all: readonly GateState[],
  request: unknown,
): HttpAnswer {
  return healthAnswer(all.find(({ health }) => !health.isReady()) ?? own, request)
}

/**
 * What `GET <path>/live` answers: that the process is alive, and no more. Not where a boot has failed for good: nothing but
 * another start can help then.
 */
export function liveAnswer(all: readonly GateState[]): HttpAnswer {
  if (all.some(({ health }) => health.report().status === 'failed'))
    return { status: 503, headers: fresh, body: { status: 'failed' } }
  return { status: 200, headers: fresh, body: { status: 'alive' } }
}

/** What every other request is answered while the schema is not ready. */
export function notReadyAnswer({ health, retryAfter }: GateState): HttpAnswer {
  const { status, schema } = health.report()
  const body = {
    statusCode: 503,
    error: STATUS_CODES[503],
    code: 'LIMBECK_NOT_READY',
    message:
      status === 'failed'
        ? 'The database could not be brought to the schema of this build'
        : 'The database is being brought to the schema of this build',
    state: schema.state,
  }
  return { status: 503, headers: { ...json, 'retry-after': String(retryAfter) }, body }
}

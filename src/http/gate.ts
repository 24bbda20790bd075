import type { IncomingMessage, ServerResponse } from 'node:http'
import { exit } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { type BootOptions, type BootReport, createMigrator, type Migrator } from '../index.ts'
import { type Answer, healthAnswer, liveAnswer, notReadyAnswer } from './answer.ts'
import { bootInBackground } from './boot.ts'
import type { GateState } from './gate-state.ts'
import { createHealth, type HealthReport } from './health.ts'

/** `initDb()`'s options and how to answer meanwhile. */
export interface GateOptions extends BootOptions {
  /** false serves at once, health apart: for apps that `await initDb()` before they listen. Default: true. */
  readonly gate?: boolean | undefined
  /** Default: `/health`. */
  readonly healthPath?: string | undefined
  /**
   * Who learns from health where things are: hosts, roles, files, the error's own words. `full` is everybody who reaches
   * the port. Default: nobody; states, revisions and codes are for all.
   */
  readonly healthDetail?: HealthDetail<Request | IncomingMessage> | undefined
  /** What `Retry-After` says, seconds. Default: 5. */
  readonly retryAfterSeconds?: number | undefined
  /** What `await initDb()` returned: it is taken instead of booting again. Default: none, the gate boots. */
  readonly report?: BootReport | undefined
  /**
   * What becomes of a boot that has failed for good, besides the log: `stay` turns `<healthPath>/live` red, `close` closes the
   * host as well, `exit` ends the process with 1. A server that cannot be reached is tried again. Default: `stay`.
   */
  readonly onFailure?: 'exit' | 'close' | 'stay' | undefined
}

/** `full`, or whether a request may have health in full. */
export type HealthDetail<R> = 'full' | ((request: R) => boolean)

/** A boot under way, and how to answer requests while it is. */
export interface Gate {
  readonly migrator: Migrator
  /**
   * The report of the first `initDb()`; rejects with its LimbeckError. Nobody has to await it: where the server could not be
   * reached it is tried again behind it, and `status()` tells how that goes.
   */
  readonly ready: Promise<BootReport>
  /** What `GET /health` answers. */
  status(): HealthReport
  /** The answer to a request for health, or to any other while the schema is not ready; undefined when it is the application's. */
  answer(request: Request): Response | undefined
  /** Puts the gate in front of a handler as Fetch servers have it: Hono, Next.js, Bun, Deno. */
  fetch<Rest extends readonly unknown[]>(
    handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /** The same for `node:http`, Express and NestJS: calls `next` for what is the application's. */
  readonly middleware: Middleware
  /** Stops a boot that is under way, and closes the migrator. */
  close(): Promise<void>
}

/** What Express and Connect call a middleware. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

/** Begins to boot, and answers for it. Nothing needs to await `ready`: a failure shows in `status()`. */
export function startGate(options: GateOptions): Gate {
  const { gate, state, stop: _, ...boot } = startBoot(options)
  const path = options.healthPath ?? '/health'
  const answerTo = (
    method: string | undefined,
    url: string,
    request: unknown,
  ): Answer | undefined => {
    const asks = method === 'GET' || method === 'HEAD'
    const found = asks ? healthOf(path, url) : undefined
    if (found === 'live') return liveAnswer(state)
    if (found === 'ready') return healthAnswer(state, request)
    return gate && !state.health.isReady() ? notReadyAnswer(state) : undefined
  }
  const answer = (request: Request): Response | undefined => {
    const found = answerTo(request.method, new URL(request.url).pathname, request)
    return found && toResponse(found, request.method)
  }
  return {
    ...boot,
    answer,
    fetch:
      (handler) =>
      async (request, ...rest) =>
        answer(request) ?? (await handler(request, ...rest)),
    middleware: (request, response, next) => {
      // Express keeps in `originalUrl` what a mounted router takes off `url`.
      const { originalUrl, url = '/' } = request as { originalUrl?: string; url?: string }
      const found = answerTo(request.method, (originalUrl ?? url).split('?', 1)[0] ?? '/', request)
      if (found === undefined) return next()
      response.writeHead(found.status, found.headers)
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(found.body))
    },
  }
}

/** A boot under way, without any way to answer requests. */
export interface Boot extends Pick<Gate, 'migrator' | 'ready' | 'status' | 'close'> {
  readonly gate: boolean
  readonly state: GateState
  /** Stops a boot that is under way, without waiting for it. */
  stop(): void
}

/** Begins to boot. What `limbeck/fastify` builds upon too. */
export function startBoot<R>(
  options: Omit<GateOptions, 'healthDetail'> & {
    readonly healthDetail?: HealthDetail<R> | undefined
  },
  closeHost?: () => Promise<void>,
): Boot {
  const {
    gate = true,
    healthPath: _,
    retryAfterSeconds = 5,
    report,
    healthDetail,
    onFailure = 'stay',
    ...settings
  } = options
  const migrator = createMigrator(settings)
  const health = createHealth()
  const stop = new AbortController()
  const close = async (): Promise<void> => {
    stop.abort()
    await over
    await migrator.close()
  }
  const onFailed = (): void => {
    if (onFailure === 'stay') return
    const closing = (closeHost ?? close)().catch(() => {})
    // What is under way gets a moment: it cannot be served anyway.
    if (onFailure === 'exit') void Promise.race([closing, setTimeout(2000)]).then(() => exit(1))
  }
  const surroundings = { health, migrator, stop: stop.signal, report, onFailed }
  const { ready, over } = bootInBackground(settings, surroundings)
  return {
    gate,
    state: { health, retryAfter: retryAfterSeconds, isTrusted: trusts(healthDetail) },
    migrator,
    ready,
    status: health.report,
    stop: () => stop.abort(),
    close,
  }
}

/** Who cannot be told from a stranger is one. */
function trusts<R>(detail: HealthDetail<R> | undefined): (request: unknown) => boolean {
  if (typeof detail !== 'function') return () => detail === 'full'
  return (request) => {
    try {
      return detail(request as R) === true
    } catch {
      return false
    }
  }
}

/** Which of the health answers `pathname` asks for. */
function healthOf(path: string, pathname: string): 'ready' | 'live' | undefined {
  const asked = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  if (asked === path || asked === `${path}/ready`) return 'ready'
  return asked === `${path}/live` ? 'live' : undefined
}

function toResponse({ status, headers, body }: Answer, method: string): Response {
  return new Response(method === 'HEAD' ? null : JSON.stringify(body), { status, headers })
}

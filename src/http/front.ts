import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpAnswer, healthAnswer, liveAnswer, notReadyAnswer, readyAnswer } from './answer.ts'
import type { GateState } from './gate-state.ts'

/** One database of the application behind. */
export interface Door {
  readonly state: GateState
  readonly healthPath: string
  /** false: it serves at once. */
  readonly gate: boolean
}

/** What Express and Connect call a middleware. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

/** With a slash in front and none behind, however it was written; empty for the root. */
export const healthPathOf = (path: string): string =>
  `/${path}`.replace(/^\/+/, '/').replace(/\/+$/, '')

/** Answers requests in front of an application. */
export interface Front {
  /** The answer to a request for health, or to any other while the schema is not ready; undefined when it is the application's. */
  answer(request: Request): Response | undefined
  /** Puts the gate in front of a handler as Fetch servers have it: Hono, Next.js, Bun, Deno. */
  fetch<Rest extends readonly unknown[]>(
    handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /** The same for `node:http`, Express and NestJS: calls `next` for what is the application's. */
  readonly middleware: Middleware
}

/** Health of each database is answered first, so that none that is not ready hides the health of another. */
export function frontOf(doors: readonly Door[]): Front {
  const answerTo = (method: string | undefined, url: string, request: unknown) =>
    (method === 'GET' || method === 'HEAD' ? answerHealth(doors, url, request) : undefined) ??
    answerClosed(doors)
  const answer = (request: Request): Response | undefined => {
    const found = answerTo(request.method, new URL(request.url).pathname, request)
    return found && toResponse(found, request.method)
  }
  return {
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

function answerHealth(
  doors: readonly Door[],
  pathname: string,
  request: unknown,
): HttpAnswer | undefined {
  const all = doors.map(({ state }) => state)
  const asked = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  for (const { state, healthPath } of doors) {
    if (asked === healthPath) return healthAnswer(state, request)
    if (asked === `${healthPath}/ready`) return readyAnswer(state, all, request)
    if (asked === `${healthPath}/live`) return liveAnswer(all)
  }
  return undefined
}

function answerClosed(doors: readonly Door[]): HttpAnswer | undefined {
  const closed = doors.find(({ gate, state }) => gate && !state.health.isReady())
  return closed && notReadyAnswer(closed.state)
}

function toResponse({ status, headers, body }: HttpAnswer, method: string): Response {
  return new Response(method === 'HEAD' ? null : JSON.stringify(body), { status, headers })
}

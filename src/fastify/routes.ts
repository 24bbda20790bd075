import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  type HttpAnswer,
  healthAnswer,
  liveAnswer,
  notReadyAnswer,
  readyAnswer,
} from '../http/answer.ts'
import type { GateState } from '../http/gate-state.ts'

/**
 * Answers 503 and `Retry-After` to every request, unknown routes included, until the schema is ready.
 * Routes with `config: { limbeck: 'open' }` pass.
 */
export function addGate(app: FastifyInstance, gate: GateState): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (gate.health.isReady() || request.routeOptions.config?.limbeck === 'open') return done()
    const { status, headers, body } = notReadyAnswer(gate)
    // Sent as text: a 503 schema of the route's own must not reshape it.
    reply.code(status).headers(headers).send(JSON.stringify(body))
  })
}

const text = { type: ['string', 'null'] } as const
const integer = { type: ['integer', 'null'] } as const
const ids = { type: ['array', 'null'], items: { type: 'string' } } as const

const reportSchema = {
  type: 'object',
  required: ['status', 'schema'],
  properties: {
    status: { type: 'string', enum: ['starting', 'ready', 'failed'] },
    schema: {
      type: 'object',
      properties: {
        state: { type: 'string' },
        outcome: text,
        current: ids,
        heads: ids,
        pending: integer,
        step: text,
        progress: {
          type: ['object', 'null'],
          properties: {
            position: { type: 'integer' },
            total: { type: 'integer' },
            rows: integer,
          },
        },
        lockHolder: {
          type: ['object', 'null'],
          properties: {
            pid: { type: 'integer' },
            application: { type: 'string' },
            since: { type: 'string' },
            role: { type: 'string' },
          },
        },
        since: { type: 'string' },
        findings: { type: 'array', items: { type: 'string' } },
      },
    },
    error: {
      type: 'object',
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        revision: text,
        file: text,
        line: integer,
        sqlstate: text,
      },
    },
  },
} as const

const liveSchema = { type: 'object', properties: { status: { type: 'string' } } } as const

/**
 * Adds `GET <path>`, `<path>/ready` and `<path>/live`; the last says only whether the process is to be left alive. `all` are the
 * gates of this server, also those that will come.
 */
export function addHealthRoutes(
  app: FastifyInstance,
  gate: GateState,
  { path, all }: { readonly path: string; readonly all: readonly GateState[] },
): void {
  // Probes come every few seconds: they are not worth an info line each.
  const common = { logLevel: 'warn', config: { limbeck: 'open' } } as const
  const add = (url: string, answer: (request: FastifyRequest) => HttpAnswer, schema: object) =>
    app.get(url, { ...common, schema: { tags: ['health'], ...schema } }, async (request, reply) => {
      const { status, headers, body } = answer(request)
      reply.code(status).headers(headers)
      return body
    })
  const health = {
    summary: 'Whether the service serves, and the revision of its schema',
    response: { 200: reportSchema, 503: reportSchema },
  }
  add(path || '/', (request) => healthAnswer(gate, request), health)
  add(`${path}/ready`, (request) => readyAnswer(gate, all, request), health)
  add(`${path}/live`, () => liveAnswer(all), {
    summary: 'Whether the process is alive, and may come to serve',
    response: { 200: liveSchema, 503: liveSchema },
  })
}

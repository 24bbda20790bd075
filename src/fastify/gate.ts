import { STATUS_CODES } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Health } from './health.ts'

/**
 * Answers 503 and `Retry-After` to every request, unknown routes included, until the schema is ready.
 * Routes with `config: { limbeck: 'open' }` pass.
 */
export function addGate(app: FastifyInstance, health: Health, retryAfter: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (health.isReady() || request.routeOptions.config?.limbeck === 'open') return done()
    // Sent as text: a 503 schema of the route's own must not reshape it.
    reply
      .code(503)
      .header('retry-after', retryAfter)
      .type('application/json; charset=utf-8')
      .send(notReady(health))
  })
}

function notReady(health: Health): string {
  const { status, schema } = health.report()
  return JSON.stringify({
    statusCode: 503,
    error: STATUS_CODES[503],
    code: 'LIMBECK_NOT_READY',
    message:
      status === 'failed'
        ? 'The database could not be brought to the schema of this build'
        : 'The database is being brought to the schema of this build',
    state: schema.state,
  })
}

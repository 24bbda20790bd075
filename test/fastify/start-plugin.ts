import { setTimeout as delay } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import limbeck, { type LimbeckPluginOptions } from 'limbeck/fastify'
import { onTestFinished } from 'vitest'

export const slow = 'SELECT pg_sleep(1);'
export const table = 'CREATE TABLE things (id int PRIMARY KEY);'

export async function start(
  options: LimbeckPluginOptions,
  fastifyOptions: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(fastifyOptions)
  onTestFinished(() => app.close())
  app.get('/before', async () => 'before')
  await app.register(limbeck, options)
  app.get('/things', async () => 'things')
  await app.ready()
  return app
}

export async function until(app: FastifyInstance, state: string) {
  for (let tries = 0; tries < 400; tries++) {
    const { schema } = app.limbeck.status()
    if (schema.state === state) return schema
    await delay(10)
  }
  throw new Error(`never ${state}: ${JSON.stringify(app.limbeck.status())}`)
}

import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import limbeck, { type LimbeckPluginOptions } from 'limbeck/fastify'
import { onTestFinished } from 'vitest'
import { until } from '../support/until.ts'

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

/** What the app tells of its database once that is in this state. */
export async function untilState({ limbeck: { status } }: FastifyInstance, state: string) {
  await until(() => status().schema.state === state)
  return status().schema
}

import { asc } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance } from 'fastify'
import { teams } from '../../../drizzle/index.ts'
import { httpErrorSchema } from '../http-errors.ts'

const tags = ['teams']

const team = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    name: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
  },
}

const listSchema = {
  tags,
  summary: 'Teams by name',
  response: { 200: { type: 'array', items: team } },
}

const createSchema = {
  tags,
  summary: 'Create a team',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 200 } },
  },
  response: { 201: team, 400: httpErrorSchema, 409: httpErrorSchema },
}

/** `/teams`: list, create. */
export function addTeamRoutes(app: FastifyInstance, db: PostgresJsDatabase): void {
  app.get('/teams', { schema: listSchema }, () => db.select().from(teams).orderBy(asc(teams.name)))

  app.post<{ Body: { name: string } }>(
    '/teams',
    { schema: createSchema },
    async ({ body }, reply) => {
      const [created] = await db.insert(teams).values(body).returning()
      return reply.code(201).send(created)
    },
  )
}

import { asc } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance } from 'fastify'
import { roles } from '../../../drizzle/index.ts'

const role = {
  type: 'object',
  properties: { name: { type: 'string' }, description: { type: 'string' } },
}

const listSchema = {
  tags: ['roles'],
  summary: 'Roles by name',
  response: { 200: { type: 'array', items: role } },
}

/** `/roles`: list. The rows come with the history. */
export function addRoleRoutes(app: FastifyInstance, db: PostgresJsDatabase): void {
  app.get('/roles', { schema: listSchema }, () => db.select().from(roles).orderBy(asc(roles.name)))
}

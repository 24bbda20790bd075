import { asc, eq } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance } from 'fastify'
import { subscriptions } from '../../../drizzle/index.ts'
import { httpErrorSchema } from '../http-errors.ts'
import { idParams } from './data-product-schema.ts'

interface Written {
  readonly teamId: string
  readonly roleName: string
  readonly expiresAt?: string | null
}

const tags = ['subscriptions']

const writable = {
  teamId: { type: 'string', format: 'uuid' },
  roleName: { type: 'string', minLength: 1, maxLength: 64 },
  expiresAt: { type: ['string', 'null'], format: 'date-time' },
}

const subscription = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    dataProductId: { type: 'string', format: 'uuid' },
    ...writable,
    createdAt: { type: 'string', format: 'date-time' },
  },
}

const listSchema = {
  tags,
  summary: 'Who has subscribed to a data product, oldest first',
  params: idParams,
  response: { 200: { type: 'array', items: subscription }, 400: httpErrorSchema },
}

const createSchema = {
  tags,
  summary: 'Subscribe a team to a data product',
  params: idParams,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['teamId', 'roleName'],
    properties: writable,
  },
  response: {
    201: subscription,
    400: httpErrorSchema,
    409: httpErrorSchema,
    422: httpErrorSchema,
  },
}

/** `/data-products/:id/subscriptions`: list, create. */
export function addSubscriptionRoutes(app: FastifyInstance, db: PostgresJsDatabase): void {
  const url = '/data-products/:id/subscriptions'

  app.get<{ Params: { id: string } }>(url, { schema: listSchema }, ({ params }) =>
    db
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.dataProductId, params.id))
      .orderBy(asc(subscriptions.createdAt), asc(subscriptions.id)),
  )

  app.post<{ Params: { id: string }; Body: Written }>(
    url,
    { schema: createSchema },
    async ({ params, body }, reply) => {
      const { expiresAt, ...given } = body
      const [created] = await db
        .insert(subscriptions)
        .values({
          ...given,
          dataProductId: params.id,
          expiresAt: expiresAt == null ? null : new Date(expiresAt),
        })
        .returning()
      return reply.code(201).send(created)
    },
  )
}

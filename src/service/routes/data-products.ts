import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance } from 'fastify'
import { dataProducts } from '../../../drizzle/index.ts'
import { httpError } from '../http-errors.ts'
import { changeSchema, createSchema, listSchema, readSchema } from './data-product-schema.ts'

type Written = Omit<typeof dataProducts.$inferInsert, 'id' | 'createdAt' | 'updatedAt'>

interface Filter {
  readonly status?: NonNullable<Written['status']>
  readonly tag?: readonly string[]
  readonly ownerTeamId?: string
  readonly search?: string
}

interface Page {
  readonly limit: number
  readonly offset: number
}

const notFound = httpError(404, 'There is no such data product')

/** `/data-products`: list, create, read, change. */
export function addDataProductRoutes(app: FastifyInstance, db: PostgresJsDatabase): void {
  app.get<{ Querystring: Filter & Page }>('/data-products', { schema: listSchema }, ({ query }) =>
    list(db, query, query),
  )

  app.post<{ Body: Written }>(
    '/data-products',
    { schema: createSchema },
    async ({ body }, reply) => {
      const [created] = await db.insert(dataProducts).values(body).returning()
      return reply.code(201).header('location', `/data-products/${created?.id}`).send(created)
    },
  )

  app.get<{ Params: { id: string } }>(
    '/data-products/:id',
    { schema: readSchema },
    async ({ params }, reply) => {
      const [found] = await db.select().from(dataProducts).where(eq(dataProducts.id, params.id))
      return found ?? reply.code(404).send(notFound)
    },
  )

  app.patch<{ Params: { id: string }; Body: Partial<Written> }>(
    '/data-products/:id',
    { schema: changeSchema },
    async ({ params, body }, reply) => {
      const [changed] = await db
        .update(dataProducts)
        .set({ ...body, updatedAt: sql`now()` })
        .where(eq(dataProducts.id, params.id))
        .returning()
      return changed ?? reply.code(404).send(notFound)
    },
  )
}

async function list(db: PostgresJsDatabase, filter: Filter, { limit, offset }: Page) {
  const where = matching(filter)
  const [items, [counted]] = await Promise.all([
    db
      .select()
      .from(dataProducts)
      .where(where)
      .orderBy(asc(dataProducts.name))
      .limit(limit)
      .offset(offset),
    db.select({ total: count() }).from(dataProducts).where(where),
  ])
  return { items, total: counted?.total ?? 0 }
}

function matching({ status, tag, ownerTeamId, search }: Filter): SQL | undefined {
  return and(
    status && eq(dataProducts.status, status),
    ownerTeamId ? eq(dataProducts.ownerTeamId, ownerTeamId) : undefined,
    // Containment is what the GIN index answers.
    tag && sql`${dataProducts.tags} @> ${JSON.stringify(tag)}::jsonb`,
    // As the trigram index has it.
    search !== undefined
      ? sql`search_text(${dataProducts.name}, ${dataProducts.description}) LIKE ${`%${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`}`
      : undefined,
  )
}

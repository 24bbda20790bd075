import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { CaseTable } from '../case.ts'

export const mixed: CaseTable = ({ pg, sql, orm: { eq, relations } }) => {
  const shopBefore = () => {
    const status = pg.pgEnum('status', ['draft', 'open', 'paid'])
    const customers = pg.pgTable('customers', {
      id: pg.serial('id').primaryKey(),
      email: pg.varchar('email', { length: 100 }).notNull().unique(),
      note: pg.text('note'),
      createdAt: pg.timestamp('created_at').defaultNow(),
    })
    const orders = pg.pgTable(
      'orders',
      {
        id: pg.serial('id').primaryKey(),
        customer: pg.integer('customer').references(() => customers.id),
        status: status('status').default('draft').notNull(),
        total: pg.integer('total').default(0),
      },
      (t) => [
        pg.index('orders_status').on(t.status),
        pg.check('total_positive', sql`${t.total} >= 0`),
      ],
    )
    const lines = pg.pgTable(
      'lines',
      {
        order: pg.integer('order').references(() => orders.id),
        at: pg.integer('at'),
        text: pg.text('text'),
      },
      (t) => [pg.primaryKey({ columns: [t.order, t.at] })],
    )
    const open = pg
      .pgView('open_orders')
      .as((qb) => qb.select().from(orders).where(eq(orders.status, 'open')))
    const orderRelations = relations ? relations(orders, () => ({})) : undefined
    return { status, customers, orders, lines, open, orderRelations }
  }
  const shopAfter = () => {
    const billing = pg.pgSchema('billing')
    const status = pg.pgEnum('status', ['draft', 'sent', 'paid', 'lost'])
    const country = pg.pgEnum('country', ['cz', 'de'])
    const customers = pg.pgTable(
      'customers',
      {
        id: pg.bigserial('id', { mode: 'number' }).primaryKey(),
        email: pg.text('email').notNull(),
        country: country('country').default('cz').notNull(),
        createdAt: pg.timestamp('created_at', { withTimezone: true }).defaultNow().notNull(),
        referrer: pg
          .bigint('referrer', { mode: 'number' })
          .references((): AnyPgColumn => customers.id),
      },
      (t) => [pg.uniqueIndex('customers_email').on(sql`lower(${t.email})`)],
    )
    const orders = pg.pgTable(
      'orders',
      {
        id: pg.bigserial('id', { mode: 'number' }).primaryKey(),
        customer: pg
          .bigint('customer', { mode: 'number' })
          .notNull()
          .references(() => customers.id, { onDelete: 'cascade' }),
        status: status('status').default('sent').notNull(),
        total: pg.numeric('total', { precision: 12, scale: 2 }).default('0').notNull(),
        doubled: pg.numeric('doubled').generatedAlwaysAs(sql`total * 2`),
      },
      (t) => [
        pg.index('orders_status').on(t.status).where(sql`${t.status} = 'sent'`),
        pg.check('total_positive', sql`${t.total} > 0`),
        pg.unique('one_open').on(t.customer, t.status),
      ],
    )
    const invoices = billing.table('invoices', {
      id: pg.uuid('id').defaultRandom().primaryKey(),
      order: pg
        .bigint('order', { mode: 'number' })
        .notNull()
        .references(() => orders.id),
    })
    const open = pg
      .pgMaterializedView('open_orders')
      .as((qb) =>
        qb
          .select({ id: orders.id, email: customers.email })
          .from(orders)
          .innerJoin(customers, eq(orders.customer, customers.id)),
      )
    return { billing, status, country, customers, orders, invoices, open }
  }
  const many = (count: number, more: boolean) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `t${at}`,
        pg.pgTable(`t${at}`, {
          id: pg.integer('id').primaryKey(),
          ...(more && at % 3 === 0 ? { x: pg.text('x') } : {}),
        }),
      ]),
    )
  return [
    { name: 'a shop grows up', before: shopBefore(), after: shopAfter() },
    { name: 'a shop opens', before: {}, after: shopBefore() },
    { name: 'a bigger shop opens', before: {}, after: shopAfter() },
    {
      name: 'a shop with rows grows up, as far as rows allow',
      before: shopBefore(),
      after: (() => {
        const { status, customers, orders, lines } = shopBefore()
        const log = pg.pgTable('log', {
          at: pg.timestamp('at').defaultNow(),
          order: pg.integer('order').references(() => orders.id),
        })
        return { status, customers, orders, lines, log }
      })(),
      rows: [
        `INSERT INTO customers (email) VALUES ('a@b.c')`,
        'INSERT INTO orders (customer) VALUES (1)',
        `INSERT INTO lines VALUES (1, 1, 'x')`,
      ],
      rowsAfter: [
        `INSERT INTO customers (email) VALUES ('a@b.c')`,
        'INSERT INTO log DEFAULT VALUES',
      ],
    },
    { name: 'thirty tables, ten of them change', before: many(30, false), after: many(30, true) },
    {
      name: 'what is outside the models stays',
      given: [
        'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$',
        `CREATE DOMAIN positive AS integer CHECK (VALUE > 0)`,
        'CREATE TYPE pair AS (a integer, b text)',
        `COMMENT ON FUNCTION touch() IS 'outside'`,
      ],
      before: many(1, false),
      after: many(2, true),
    },
  ]
}

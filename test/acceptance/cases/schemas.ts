import type { CaseTable } from '../case.ts'

export const schemas: CaseTable = ({ pg, sql }) => {
  const shop = pg.pgSchema('shop')
  const odd = pg.pgSchema('Odd "schema"')
  const users = pg.pgTable('users', { id: pg.integer('id').primaryKey() })
  const orders = shop.table('orders', {
    id: pg.serial('id').primaryKey(),
    user: pg.integer('user').references(() => users.id),
  })
  const rich = (() => {
    const kind = shop.enum('kind', ['a', 'b'])
    const numbers = shop.sequence('numbers', { startWith: 3 })
    const items = shop.table(
      'items',
      {
        id: pg.integer('id').primaryKey().default(sql`nextval('shop.numbers')`),
        kind: kind('kind').default('a'),
        order: pg.integer('order').references(() => orders.id),
      },
      (t) => [
        pg.index('items_kind').on(t.kind).where(sql`${t.kind} = 'b'`),
        pg.check('kinds', sql`${t.kind} = 'a' or ${t.id} > 1`),
        pg.unique().on(t.kind, t.order),
        pg.pgPolicy('own', { using: sql`${t.id} > 0` }),
      ],
    )
    const v = shop.view('v').as((qb) => qb.select({ id: items.id, kind: items.kind }).from(items))
    const m = shop.materializedView('m').as((qb) => qb.select({ id: v.id }).from(v))
    return { shop, kind, numbers, items, orders, users, v, m }
  })()
  return [
    { name: 'a schema comes', before: {}, after: { shop } },
    { name: 'a schema comes with a table', before: { users }, after: { users, shop, orders } },
    { name: 'a schema comes with everything', before: {}, after: rich },
    { name: 'everything in a schema changes', before: { shop, orders, users }, after: rich },
    {
      name: 'a schema whose name needs quotes',
      before: {},
      after: { odd, t: odd.table('T "x"', { 'a b': pg.serial('a b').primaryKey() }) },
    },
    {
      name: 'tables of one name in two schemas',
      before: {
        users,
        shop,
        other: shop.table('users', { id: pg.integer('id').primaryKey(), name: pg.text('name') }),
      },
      after: {
        users: pg.pgTable('users', {
          id: pg.integer('id').primaryKey(),
          name: pg.text('name').notNull(),
        }),
        shop,
        other: shop.table('users', { id: pg.bigint('id', { mode: 'number' }).primaryKey() }),
      },
    },
    {
      name: 'a foreign key from one schema to another and back',
      before: { users, shop, t: shop.table('t', { user: pg.integer('user') }) },
      after: (() => {
        const t = shop.table('t', {
          id: pg.integer('id').unique(),
          user: pg.integer('user').references(() => users2.id),
        })
        const users2 = pg.pgTable('users', {
          id: pg.integer('id').primaryKey(),
          t: pg.integer('t').references((): (typeof users)['id'] => t.id as never),
        })
        return { users: users2, shop, t }
      })(),
    },
    {
      name: 'a view of one schema over a table of another',
      before: { users, shop },
      after: { users, shop, v: shop.view('v').as((qb) => qb.select().from(users)) },
    },
  ]
}

import type { CaseTable } from '../case.ts'

export const tables: CaseTable = ({ pg, sql }) => {
  const mood = pg.pgEnum('mood', ['good', 'bad'])
  const users = pg.pgTable('users', {
    id: pg.integer('id').primaryKey(),
    name: pg.text('name').notNull(),
  })
  const posts = pg.pgTable('posts', {
    id: pg.integer('id').primaryKey(),
    author: pg.integer('author').references(() => users.id),
  })
  const likes = pg.pgTable('likes', {
    post: pg.integer('post').references(() => posts.id),
    user: pg.integer('user').references(() => users.id),
  })
  const wide = pg.pgTable(
    'wide',
    Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`c${at}`, pg.integer(`c${at}`).default(at)]),
    ),
  )
  return [
    { name: 'the first table', before: {}, after: { users } },
    { name: 'nothing at all', before: {}, after: {} },
    { name: 'no change', before: { users, posts }, after: { users, posts } },
    { name: 'a table that refers to an old one', before: { users }, after: { users, posts } },
    { name: 'three tables that lean on each other', before: {}, after: { likes, posts, users } },
    { name: 'a table with sixty columns', before: {}, after: { wide } },
    { name: 'a table without columns', before: {}, after: { empty: pg.pgTable('empty', {}) } },
    {
      name: 'the last column of a table',
      before: { t: pg.pgTable('t', { a: pg.integer('a') }) },
      after: { t: pg.pgTable('t', {}) },
    },
    {
      name: 'one table goes and another comes',
      before: { users, posts },
      after: {
        users,
        likes: pg.pgTable('likes', { user: pg.integer('user').references(() => users.id) }),
      },
      rows: [`INSERT INTO users VALUES (1, 'a')`, 'INSERT INTO posts VALUES (1, 1)'],
    },
    {
      name: 'every column of a table is another',
      before: { t: pg.pgTable('t', { a: pg.integer('a'), b: pg.text('b') }) },
      after: { t: pg.pgTable('t', { c: pg.integer('c'), d: pg.text('d') }) },
      rows: ['INSERT INTO t VALUES (1, 2)'],
    },
    {
      name: 'a table takes the name of a view',
      before: { users, people: pg.pgView('people').as((qb) => qb.select().from(users)) },
      after: {
        users,
        people: pg.pgTable('people', { id: pg.integer('id'), name: pg.text('name') }),
      },
    },
    {
      name: 'a table takes the name of an index that goes',
      before: { t: pg.pgTable('t', { a: pg.integer('a') }, (t) => [pg.index('thing').on(t.a)]) },
      after: {
        t: pg.pgTable('t', { a: pg.integer('a') }),
        thing: pg.pgTable('thing', { b: pg.text('b') }),
      },
    },
    {
      name: 'a table takes the name of an enum that columns leave',
      before: {
        mood,
        t: pg.pgTable('t', { a: mood('a').default('good'), b: mood('b').array(), c: mood('c') }),
      },
      after: {
        t: pg.pgTable('t', { a: pg.text('a').default('good'), b: pg.text('b').array() }),
        mood: pg.pgTable('mood', { id: pg.integer('id').primaryKey() }),
      },
      rows: [`INSERT INTO t VALUES ('bad', '{good}')`],
    },
    {
      name: 'two tables swap the names of their primary keys',
      before: {
        a: pg.pgTable('a', { id: pg.integer('id') }, (t) => [
          pg.primaryKey({ name: 'k1', columns: [t.id] }),
        ]),
        b: pg.pgTable('b', { id: pg.integer('id') }, (t) => [
          pg.primaryKey({ name: 'k2', columns: [t.id] }),
        ]),
      },
      after: {
        a: pg.pgTable('a', { id: pg.integer('id') }, (t) => [
          pg.primaryKey({ name: 'k2', columns: [t.id] }),
        ]),
        b: pg.pgTable('b', { id: pg.integer('id') }, (t) => [
          pg.primaryKey({ name: 'k1', columns: [t.id] }),
        ]),
      },
      rows: ['INSERT INTO a VALUES (1)', 'INSERT INTO b VALUES (1)'],
    },
    {
      name: 'a new table with everything',
      before: { users },
      after: {
        users,
        everything: pg.pgTable(
          'everything',
          {
            id: pg.bigserial('id', { mode: 'number' }).primaryKey(),
            code: pg.varchar('code', { length: 12 }).notNull().unique(),
            owner: pg
              .integer('owner')
              .notNull()
              .references(() => users.id, { onDelete: 'cascade' }),
            price: pg.numeric('price', { precision: 12, scale: 2 }).default('0.00'),
            total: pg.numeric('total').generatedAlwaysAs(sql`price * 2`),
            at: pg.timestamp('at', { withTimezone: true }).defaultNow().notNull(),
          },
          (t) => [
            pg.check('price_positive', sql`${t.price} >= 0`),
            pg.index('by_owner').on(t.owner, t.at.desc()),
            pg.uniqueIndex('by_code').on(sql`lower(${t.code})`),
            pg.unique('owner_code').on(t.owner, t.code),
          ],
        ),
      },
    },
  ]
}

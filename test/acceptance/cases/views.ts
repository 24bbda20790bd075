import type { CaseTable } from '../case.ts'

export const views: CaseTable = ({ pg, sql, orm: { eq, gt } }) => {
  const users = pg.pgTable('users', {
    id: pg.integer('id').primaryKey(),
    name: pg.text('name'),
    age: pg.integer('age'),
  })
  const older = pg.pgView('older').as((qb) => qb.select().from(users).where(gt(users.age, 30)))
  const rows = [`INSERT INTO users VALUES (1, 'a', 40)`]
  /** A chain of three: view over view over table, and a materialized one on top, indexes aside. */
  const chain = (table: typeof users) => {
    const z = pg.pgView('z').as((qb) => qb.select().from(table))
    const m = pg.pgView('m').as((qb) => qb.select({ id: z.id, age: z.age }).from(z))
    const a = pg.pgMaterializedView('a').as((qb) => qb.select({ id: m.id }).from(m))
    return { a, m, table, z }
  }
  const usersWith = (age: 'bigint' | 'gone' | 'more' | 'text') =>
    pg.pgTable('users', {
      id: pg.integer('id').primaryKey(),
      name: pg.text('name'),
      ...(age === 'bigint' ? { age: pg.bigint('age', { mode: 'number' }) } : {}),
      ...(age === 'text' ? { age: pg.text('age') } : {}),
      ...(age === 'more' ? { age: pg.integer('age'), more: pg.text('more') } : {}),
    }) as never as typeof users
  const raw = (name: string, query: ReturnType<typeof sql>) =>
    pg.pgView(name, { id: pg.integer('id') }).as(query)
  return [
    { name: 'a view comes', before: { users }, after: { users, older }, rows },
    { name: 'a view comes with its table', before: {}, after: { older, users } },
    {
      name: 'another condition',
      before: { users, older },
      after: {
        users,
        older: pg.pgView('older').as((qb) => qb.select().from(users).where(gt(users.age, 40))),
      },
      rows,
    },
    {
      name: 'fewer columns',
      before: { users, older },
      after: {
        users,
        older: pg.pgView('older').as((qb) => qb.select({ id: users.id }).from(users)),
      },
    },
    { name: 'a chain comes', before: { users }, after: chain(users), rows },
    {
      name: 'a chain over a column whose type changes',
      before: chain(users),
      after: chain(usersWith('bigint')),
      rows,
    },
    {
      name: 'a chain over a column that becomes text',
      before: chain(users),
      after: chain(usersWith('text')),
      rows,
    },
    {
      name: 'a chain over a table that gets a column',
      before: chain(users),
      after: chain(usersWith('more')),
      rows,
    },
    {
      name: 'a column that a view reads goes',
      before: { users, older },
      after: {
        users: pg.pgTable('users', { id: pg.integer('id').primaryKey(), name: pg.text('name') }),
      },
      rows,
    },
    {
      name: 'a column that a view reads goes and the view does without',
      before: { users, v: pg.pgView('v').as((qb) => qb.select().from(users)) },
      after: (() => {
        const less = pg.pgTable('users', {
          id: pg.integer('id').primaryKey(),
          name: pg.text('name'),
        })
        return { users: less, v: pg.pgView('v').as((qb) => qb.select().from(less)) }
      })(),
      rows,
    },
    { name: 'the table of a view goes', before: { users, older }, after: {} },
    {
      name: 'the lowest of a chain changes',
      before: chain(users),
      after: (() => {
        const z = pg.pgView('z').as((qb) => qb.select().from(users).where(eq(users.name, "it's")))
        const m = pg.pgView('m').as((qb) => qb.select({ id: z.id, age: z.age }).from(z))
        const a = pg.pgMaterializedView('a').as((qb) => qb.select({ id: m.id }).from(m))
        return { a, m, users, z }
      })(),
      rows,
    },
    {
      name: 'options of a view',
      since: 15,
      before: { users, older },
      after: {
        users,
        older: pg
          .pgView('older')
          .with({ securityInvoker: true, securityBarrier: true, checkOption: 'local' })
          .as((qb) => qb.select().from(users).where(gt(users.age, 30))),
      },
    },
    {
      name: 'another check option',
      before: {
        users,
        older: pg
          .pgView('older')
          .with({ checkOption: 'cascaded' })
          .as((qb) => qb.select().from(users)),
      },
      after: {
        users,
        older: pg
          .pgView('older')
          .with({ checkOption: 'local' })
          .as((qb) => qb.select().from(users)),
      },
    },
    {
      name: 'a view becomes materialized',
      before: { users, older },
      after: {
        users,
        older: pg
          .pgMaterializedView('older')
          .as((qb) => qb.select().from(users).where(gt(users.age, 30))),
      },
      rows,
    },
    {
      name: 'materialized: another query',
      before: {
        users,
        m: pg.pgMaterializedView('m').as((qb) => qb.select({ id: users.id }).from(users)),
      },
      after: {
        users,
        m: pg.pgMaterializedView('m').as((qb) => qb.select({ name: users.name }).from(users)),
      },
      rows,
    },
    {
      name: 'materialized without data, with a storage parameter',
      before: { users },
      after: {
        users,
        m: pg
          .pgMaterializedView('m')
          .with({ fillfactor: 80 })
          .withNoData()
          .as((qb) => qb.select().from(users)),
      },
    },
    {
      name: 'raw SQL: joins, aggregates, subqueries, window functions, with',
      before: { users },
      after: {
        users,
        v1: raw('v1', sql`select u.id from ${users} u join ${users} w on u.id = w.age`),
        v2: pg
          .pgView('v2', { n: pg.bigint('n', { mode: 'number' }) })
          .as(sql`select count(*) as n from ${users} group by ${users.age} having count(*) > 1`),
        v3: raw(
          'v3',
          sql`with x as (select * from ${users}) select id from x where id in (select age from ${users})`,
        ),
        v4: raw(
          'v4',
          sql`select id, row_number() over (partition by age order by id) as r, 'x' as k from ${users};`,
        ),
        v5: raw('v5', sql`select id from ${users} union all select age from ${users}`),
      },
    },
    {
      name: 'constants in a view, which PostgreSQL spells anew each time',
      before: {
        users,
        v: raw('v', sql`select id, 'x' as k from ${users} where name in ('a', 'b')`),
      },
      after: {
        users,
        v: raw('v', sql`select id, 'y' as k from ${users} where name in ('a', 'b')`),
      },
      respelled: `'x' as k`,
    },
    {
      name: 'a view of constants stays while its table changes',
      before: { users, v: raw('v', sql`select id, 'x' as k from users`) },
      after: { users: usersWith('more'), v: raw('v', sql`select id, 'x' as k from users`) },
      rows,
    },
    {
      name: 'a view over a function outside the models',
      given: ['CREATE FUNCTION numbers() RETURNS SETOF integer LANGUAGE sql AS $$ SELECT 1 $$'],
      before: {},
      after: { v: raw('v', sql`select n as id from numbers() n`) },
    },
    {
      name: 'a view that is declared as existing is left alone',
      given: ['CREATE VIEW outside AS SELECT 1 AS id'],
      before: { users, outside: pg.pgView('outside', { id: pg.integer('id') }).existing() },
      after: {
        users: usersWith('more'),
        outside: pg.pgView('outside', { id: pg.integer('id') }).existing(),
      },
    },
    {
      name: 'a view that a policy reads changes',
      before: (() => {
        const t = pg.pgTable('t', { id: pg.integer('id') }, () => [
          pg.pgPolicy('p', { using: sql`id in (select id from older)` }),
        ])
        return { users, older, t }
      })(),
      after: (() => {
        const other = pg
          .pgView('older')
          .as((qb) => qb.select({ name: users.name, id: users.id }).from(users))
        const t = pg.pgTable('t', { id: pg.integer('id') }, () => [
          pg.pgPolicy('p', { using: sql`id in (select id from older)` }),
        ])
        return { users, older: other, t }
      })(),
    },
  ]
}

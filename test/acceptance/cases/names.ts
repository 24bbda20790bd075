import type { CaseTable } from '../case.ts'

export const names: CaseTable = ({ pg, sql, snakeCaseTable }) => {
  const long = (start: string) => `${start}_${'abcdefghij'.repeat(7)}`
  const prefixed = pg.pgTableCreator((name) => `app_${name}`)
  const odd = (more: boolean) => {
    const kind = pg.pgEnum('my kind', ['a b', "c'd", 'é'])
    const t = pg.pgTable(
      'Odd "table" é',
      {
        id: pg.serial('The Id').primaryKey(),
        kind: kind('kind"s').default("c'd"),
        ...(more ? { more: pg.integer('select').default(1).notNull() } : {}),
        user: pg.integer('user'),
      },
      (self) => [
        pg.index('Index "one"').on(self.user, self.id.desc()),
        pg.uniqueIndex('über').on(sql`abs(${self.user})`),
        pg.check('check it', sql`${self.user} > 0`),
        pg.unique('Unique it').on(self.user, self.id),
        pg.pgPolicy('My "policy"', { using: sql`${self.id} > 0` }),
      ],
    )
    const child = pg.pgTable('order', { ref: pg.integer('ref').references(() => t.id) })
    const v = pg.pgView('V "v"').as((qb) => qb.select().from(t as never))
    return { kind, t, child, v }
  }
  const longTable = (more: boolean) => {
    const parent = pg.pgTable(long('parent'), { id: pg.serial(long('id')).primaryKey() })
    const t = pg.pgTable(
      long('table').slice(0, 50),
      {
        id: pg.integer(long('column').slice(0, 63)).unique('only').notNull(),
        ref: pg.integer('reference').references(() => parent.id),
        generated: pg.integer('generated').generatedAlwaysAsIdentity(),
        ...(more ? { more: pg.integer('more') } : {}),
      },
      (self) => [
        pg.index(long('index')).on(self.id),
        pg.check(long('check'), sql`${self.id} > 0`),
        pg.primaryKey({ columns: [self.id, self.ref] }),
        pg.index().on(self.ref, self.id),
      ],
    )
    return { parent, t }
  }
  return [
    { name: 'quotes, spaces, umlauts and keywords', before: {}, after: odd(false) },
    {
      name: 'a change among quotes, spaces, umlauts and keywords',
      before: odd(false),
      after: odd(true),
    },
    { name: 'over 63 bytes', before: {}, after: longTable(false) },
    { name: 'a change in what is over 63 bytes', before: longTable(false), after: longTable(true) },
    {
      name: 'pgTableCreator',
      before: {},
      after: (() => {
        const users = prefixed('users', {
          id: pg.integer('id').primaryKey(),
          name: pg.text('name').unique(),
        })
        return {
          users,
          posts: prefixed('posts', { user: pg.integer('user').references(() => users.id) }),
        }
      })(),
    },
    {
      name: 'snake_case comes from the casing',
      casing: 'snake_case',
      before: { users: snakeCaseTable('users', { userId: pg.integer().primaryKey() }) },
      after: (() => {
        const users = snakeCaseTable('users', {
          userId: pg.integer().primaryKey(),
          firstName: pg.text().notNull().default('x'),
          keptAsIs: pg.text('keptAsIs').unique(),
        })
        const posts = snakeCaseTable(
          'posts',
          { authorId: pg.integer().references(() => users.userId), postedAt: pg.timestamp() },
          (t) => [
            pg.index().on(t.authorId, t.postedAt),
            pg.check('posted', sql`${t.postedAt} > '2000-01-01'`),
            pg.primaryKey({ columns: [t.authorId, t.postedAt] }),
          ],
        )
        return { users, posts }
      })(),
      rows: ['INSERT INTO users VALUES (1)'],
    },
    {
      name: 'columns named by their keys',
      before: { t: pg.pgTable('t', { firstKey: pg.integer() }) },
      after: { t: pg.pgTable('t', { firstKey: pg.integer(), secondKey: pg.text() }) },
    },
    {
      name: 'names that differ in case only',
      before: { a: pg.pgTable('thing', { id: pg.integer('id'), Id: pg.integer('ID') }) },
      after: {
        a: pg.pgTable('thing', { id: pg.integer('id') }),
        b: pg.pgTable('Thing', { ID: pg.integer('ID') }),
      },
    },
    {
      name: 'names with a dot, a percent sign and a dollar',
      before: {},
      after: {
        t: pg.pgTable('a.b', { c: pg.integer('c.d%').default(1), e: pg.text('$1') }, (t) => [
          pg.index('x.y').on(t.c),
        ]),
      },
    },
  ]
}

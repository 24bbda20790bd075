import type { AnyPgColumn, UpdateDeleteAction } from 'drizzle-orm/pg-core'
import type { CaseTable } from '../case.ts'

export const foreignKeys: CaseTable = ({ pg }) => {
  const users = pg.pgTable(
    'users',
    { id: pg.integer('id').primaryKey(), org: pg.integer('org') },
    (t) => [pg.unique('users_id_org').on(t.id, t.org)],
  )
  const rows = ['INSERT INTO users VALUES (1, 1)', 'INSERT INTO posts VALUES (1, 1)']
  const posts = (actions?: { onDelete?: UpdateDeleteAction; onUpdate?: UpdateDeleteAction }) => ({
    users,
    posts: pg.pgTable('posts', {
      id: pg.integer('id'),
      author: actions
        ? pg.integer('author').references(() => users.id, actions)
        : pg.integer('author'),
    }),
  })
  const named = (name: string) => ({
    users,
    posts: pg.pgTable('posts', { id: pg.integer('id'), author: pg.integer('author') }, (t) => [
      pg.foreignKey({ name, columns: [t.author], foreignColumns: [users.id] }),
    ]),
  })
  const tree = (withParent: boolean) => {
    const nodes = pg.pgTable('nodes', {
      id: pg.integer('id').primaryKey(),
      parent: withParent
        ? pg.integer('parent').references((): AnyPgColumn => nodes.id)
        : pg.integer('parent'),
    })
    return { nodes }
  }
  const circle = () => {
    const a = pg.pgTable('a', {
      id: pg.integer('id').primaryKey(),
      b: pg.integer('b').references((): AnyPgColumn => b.id),
    })
    const b = pg.pgTable('b', {
      id: pg.integer('id').primaryKey(),
      a: pg.integer('a').references((): AnyPgColumn => a.id),
    })
    return { a, b }
  }
  return [
    { name: 'a foreign key comes', before: posts(), after: posts({}), rows },
    { name: 'on delete cascade', before: posts({}), after: posts({ onDelete: 'cascade' }), rows },
    {
      name: 'on update and on delete',
      before: posts({ onDelete: 'cascade' }),
      after: posts({ onDelete: 'set null', onUpdate: 'cascade' }),
      rows,
    },
    {
      name: 'restrict and set default',
      before: posts({ onDelete: 'restrict' }),
      after: posts({ onDelete: 'set default', onUpdate: 'restrict' }),
      rows,
    },
    { name: 'another name', before: named('one'), after: named('Two "2"'), rows },
    { name: 'a name of its own', before: posts({}), after: named('mine'), rows },
    {
      name: 'to itself',
      before: tree(false),
      after: tree(true),
      rows: ['INSERT INTO nodes VALUES (1, 1)'],
    },
    { name: 'a table that refers to itself comes', before: {}, after: tree(true) },
    { name: 'a circle comes', before: {}, after: circle() },
    {
      name: 'half a circle goes',
      before: circle(),
      after: {
        a: pg.pgTable('a', { id: pg.integer('id').primaryKey() }),
        b: pg.pgTable('b', { id: pg.integer('id').primaryKey() }),
      },
    },
    {
      name: 'composite',
      before: {
        users,
        posts: pg.pgTable('posts', { author: pg.integer('author'), org: pg.integer('org') }),
      },
      after: {
        users,
        posts: pg.pgTable(
          'posts',
          { author: pg.integer('author'), org: pg.integer('org') },
          (t) => [
            pg
              .foreignKey({ columns: [t.author, t.org], foreignColumns: [users.id, users.org] })
              .onDelete('cascade'),
          ],
        ),
      },
      rows: ['INSERT INTO users VALUES (1, 1)', 'INSERT INTO posts VALUES (1, 1)'],
    },
    {
      name: 'composite, with its unique constraint in the same change',
      before: {
        users: pg.pgTable('users', { id: pg.integer('id').primaryKey(), org: pg.integer('org') }),
      },
      after: {
        users,
        posts: pg.pgTable(
          'posts',
          { author: pg.integer('author'), org: pg.integer('org') },
          (t) => [
            pg.foreignKey({ columns: [t.author, t.org], foreignColumns: [users.id, users.org] }),
          ],
        ),
      },
      rows: ['INSERT INTO users VALUES (1, 1)'],
    },
    {
      name: 'on old tables, with its unique constraint in the same change',
      before: {
        users: pg.pgTable('users', { id: pg.integer('id').primaryKey(), org: pg.integer('org') }),
        posts: pg.pgTable('posts', { author: pg.integer('author'), org: pg.integer('org') }),
      },
      after: {
        users,
        posts: pg.pgTable(
          'posts',
          { author: pg.integer('author'), org: pg.integer('org') },
          (t) => [
            pg.foreignKey({ columns: [t.author, t.org], foreignColumns: [users.id, users.org] }),
          ],
        ),
      },
      rows: ['INSERT INTO users VALUES (1, 1)', 'INSERT INTO posts VALUES (1, 1)'],
    },
    {
      name: 'to what only a unique index makes unique',
      before: {},
      after: (() => {
        const p = pg.pgTable('p', { slug: pg.text('slug') }, (t) => [
          pg.uniqueIndex('p_slug').on(t.slug),
        ])
        return { c: pg.pgTable('c', { slug: pg.text('slug').references(() => p.slug) }), p }
      })(),
    },
    {
      name: 'another target',
      before: {
        users,
        teams: pg.pgTable('teams', { id: pg.integer('id').primaryKey() }),
        posts: posts({}).posts,
      },
      after: (() => {
        const teams = pg.pgTable('teams', { id: pg.integer('id').primaryKey() })
        return {
          users,
          teams,
          posts: pg.pgTable('posts', {
            id: pg.integer('id'),
            author: pg.integer('author').references(() => teams.id),
          }),
        }
      })(),
    },
    { name: 'its target goes', before: posts({}), after: { posts: posts().posts } },
    {
      name: 'two on one column pair',
      before: posts(),
      after: {
        users,
        posts: pg.pgTable('posts', {
          id: pg.integer('id').references(() => users.id),
          author: pg.integer('author').references(() => users.id),
        }),
      },
      rows,
    },
    {
      name: 'it points at a key that takes the place of another on the same column',
      before: {
        users: pg.pgTable('users', {
          id: pg.integer('id').notNull().unique(),
          org: pg.integer('org'),
        }),
        posts: posts().posts,
      },
      after: posts({}),
      rows,
    },
    {
      name: 'a new table points at such a key',
      before: {
        users: pg.pgTable('users', {
          id: pg.integer('id').notNull().unique(),
          org: pg.integer('org'),
        }),
      },
      after: posts({}),
    },
    {
      name: 'a new table points at the key that comes in place of a primary key',
      before: { users },
      after: (() => {
        const unique = pg.pgTable('users', {
          id: pg.integer('id').notNull().unique(),
          org: pg.integer('org'),
        })
        const author = pg.integer('author').references(() => unique.id)
        return { unique, posts: pg.pgTable('posts', { id: pg.integer('id'), author }) }
      })(),
    },
  ]
}

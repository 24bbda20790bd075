import type { CaseTable } from '../case.ts'

export const primaryKeys: CaseTable = ({ pg }) => {
  const two = (key: 'none' | 'a' | 'b' | 'ab' | 'ba' | 'named' | 'renamed') => ({
    t: pg.pgTable(
      't',
      {
        a: key === 'a' ? pg.integer('a').primaryKey() : pg.integer('a').notNull(),
        b: key === 'b' ? pg.integer('b').primaryKey() : pg.integer('b').notNull(),
      },
      (t) => {
        if (key === 'ab') return [pg.primaryKey({ columns: [t.a, t.b] })]
        if (key === 'ba') return [pg.primaryKey({ columns: [t.b, t.a] })]
        if (key === 'named') return [pg.primaryKey({ name: 'my_key', columns: [t.a, t.b] })]
        if (key === 'renamed') return [pg.primaryKey({ name: 'your key', columns: [t.a, t.b] })]
        return []
      },
    ),
  })
  const changed = (
    name: string,
    before: Parameters<typeof two>[0],
    after: Parameters<typeof two>[0],
  ) => ({
    name,
    before: two(before),
    after: two(after),
    rows: ['INSERT INTO t VALUES (1, 2)'],
  })
  /** A parent with children, its key in one type or another. */
  const familyOf = (type: 'integer' | 'bigint' | 'text' | 'uuid') => {
    const column = (name: string) =>
      ({
        integer: pg.integer(name),
        bigint: pg.bigint(name, { mode: 'number' }),
        text: pg.text(name),
        uuid: pg.uuid(name),
      })[type]
    const parents = pg.pgTable('parents', { id: column('id').primaryKey() } as never)
    const parentId = () => (parents as never as { id: never }).id
    const children = pg.pgTable(
      'children',
      {
        id: pg.integer('id').primaryKey(),
        parent: column('parent').notNull().references(parentId),
      } as never,
      (t) => [pg.index('children_parent').on((t as never as { parent: never }).parent)],
    )
    return { parents, children }
  }
  return [
    changed('a primary key comes', 'none', 'a'),
    changed('another column is the key', 'a', 'b'),
    changed('one column to two', 'a', 'ab'),
    changed('the order of its columns', 'ab', 'ba'),
    changed('a name of its own', 'ab', 'named'),
    changed('another name', 'named', 'renamed'),
    changed('none to a composite one', 'none', 'named'),
    {
      name: 'integer ↔ bigint under foreign keys',
      before: familyOf('integer'),
      after: familyOf('bigint'),
      rows: ['INSERT INTO parents VALUES (1)', 'INSERT INTO children VALUES (1, 1)'],
    },
    {
      name: 'integer ↔ text under foreign keys',
      before: familyOf('integer'),
      after: familyOf('text'),
      rows: ['INSERT INTO parents VALUES (1)', 'INSERT INTO children VALUES (1, 1)'],
    },
    {
      name: 'text ↔ uuid under foreign keys',
      before: familyOf('text'),
      after: familyOf('uuid'),
      rows: [
        `INSERT INTO parents VALUES ('6f1c2f5e-5ff6-4b5c-8c0b-0b0f2f0e7f11')`,
        `INSERT INTO children VALUES (1, '6f1c2f5e-5ff6-4b5c-8c0b-0b0f2f0e7f11')`,
      ],
    },
    {
      name: 'integer ↔ uuid, which no cast leads to',
      using: ['parents.id=id::text::uuid', 'children.parent=parent::text::uuid'],
      before: familyOf('integer'),
      after: familyOf('uuid'),
    },
    {
      name: 'the key moves to another column under a foreign key',
      before: (() => {
        const p = pg.pgTable('p', {
          id: pg.integer('id').primaryKey(),
          code: pg.text('code').notNull(),
        })
        return { p, c: pg.pgTable('c', { p: pg.integer('p').references(() => p.id) }) }
      })(),
      after: (() => {
        const p = pg.pgTable('p', {
          id: pg.integer('id').notNull(),
          code: pg.text('code').primaryKey(),
        })
        return { p, c: pg.pgTable('c', { p: pg.text('p').references(() => p.code) }) }
      })(),
    },
    {
      name: 'a serial key becomes a uuid with a default under a foreign key',
      using: ['p.id=id::text::uuid', 'c.p=p::text::uuid'],
      before: (() => {
        const p = pg.pgTable('p', { id: pg.serial('id').primaryKey() })
        return { p, c: pg.pgTable('c', { p: pg.integer('p').references(() => p.id) }) }
      })(),
      after: (() => {
        const p = pg.pgTable('p', { id: pg.uuid('id').defaultRandom().primaryKey() })
        return { p, c: pg.pgTable('c', { p: pg.uuid('p').references(() => p.id) }) }
      })(),
    },
  ]
}

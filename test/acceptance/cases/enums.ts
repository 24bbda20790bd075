import type { CaseTable } from '../case.ts'

export const enums: CaseTable = ({ pg, sql, orm: { eq } }) => {
  type Values = [string, ...string[]]
  const alone = (name: string, before: Values, after: Values) => ({
    name,
    before: { mood: pg.pgEnum('mood', before) },
    after: { mood: pg.pgEnum('mood', after) },
  })
  /** A table that uses it as a column, in an array and as a default. */
  const used = (values: Values, first: string) => {
    const mood = pg.pgEnum('mood', values)
    return {
      mood,
      t: pg.pgTable('t', {
        id: pg.integer('id'),
        mood: mood('mood').notNull().default(first),
        moods: mood('moods').array().default([first]),
      }),
    }
  }
  const rows = [`INSERT INTO t (id, mood, moods) VALUES (1, 'b', '{b,c}'), (2, 'c', NULL)`]
  /** Everything that may mention a type. */
  const everywhere = (values: Values, by: string) => {
    const mood = pg.pgEnum('mood', values)
    const t = pg.pgTable(
      't',
      {
        id: pg.integer('id').primaryKey(),
        mood: mood('mood').default(by),
        moods: mood('moods').array(),
        sad: pg.boolean('sad').generatedAlwaysAs(sql.raw(`mood = '${by}'`)),
      },
      (self) => [
        pg.check('not_both', sql`${self.mood} <> ${sql.raw(`'${by}'`)} or ${self.id} > 0`),
        pg
          .index('only')
          .on(self.id)
          .where(sql`${self.mood} = ${sql.raw(`'${by}'`)}`),
        pg.index('plain').on(self.mood),
        pg.uniqueIndex('expression').on(sql`(${self.mood} is null)`, self.id),
        pg.pgPolicy('p', { using: sql`${self.mood} = ${sql.raw(`'${by}'`)}` }),
      ],
    )
    const v = pg.pgView('v').as((qb) => qb.select().from(t).where(eq(t.mood, by)))
    const m = pg.pgMaterializedView('m').as((qb) => qb.select({ id: v.id, mood: v.mood }).from(v))
    return { mood, t, v, m }
  }
  const shop = pg.pgSchema('shop')
  const shopEnum = (values: Values) => {
    const kind = shop.enum('kind', values)
    return { shop, kind, t: shop.table('t', { kind: kind('kind').default('a') }) }
  }
  return [
    { name: 'an enum comes', before: {}, after: { mood: pg.pgEnum('mood', ['a', "it's", 'x y']) } },
    alone('a value at the end', ['a'], ['a', 'b']),
    alone('a value in front', ['b'], ['a', 'b']),
    alone('a value in the middle', ['a', 'c'], ['a', 'b', 'c']),
    alone('values everywhere', ['b', 'd'], ['a', 'b', 'c', 'd', 'e', 'f']),
    alone('values change places', ['a', 'b', 'c'], ['c', 'a', 'b']),
    alone('all values are others', ['a', 'b'], ['x', 'y']),
    alone('values with quotes', ["it's"], ["it's", 'say "hi"', 'back\\slash', 'ü']),
    {
      name: 'a value is added to an enum in use',
      before: used(['b', 'c'], 'b'),
      after: used(['a', 'b', 'c', 'd'], 'b'),
      rows,
      rowsAfter: rows,
    },
    {
      name: 'a value is added and is the new default',
      before: used(['b', 'c'], 'b'),
      after: used(['b', 'c', 'd'], 'd'),
      rows,
      rowsAfter: rows,
    },
    {
      name: 'a value is replaced by one more',
      before: used(['a', 'b', 'c'], 'a'),
      after: used(['b', 'c', 'd'], 'd'),
      rows,
      rowsAfter: rows,
    },
    {
      name: 'values in use change places',
      before: used(['a', 'b', 'c'], 'a'),
      after: used(['c', 'b', 'a'], 'a'),
      rows,
    },
    {
      name: 'a value is added where defaults, checks, indexes, views and policies read the type',
      before: everywhere(['a', 'b'], 'b'),
      after: everywhere(['a', 'b', 'c'], 'b'),
    },
    {
      name: 'a new value is what defaults, checks, indexes, views and policies say',
      before: everywhere(['a', 'b'], 'b'),
      after: everywhere(['a', 'b', 'c'], 'c'),
      rows: [`INSERT INTO t (id, mood) VALUES (1, 'a')`],
    },
    {
      name: 'a value goes where defaults, checks, indexes, views and policies read the type',
      before: everywhere(['a', 'b', 'c'], 'b'),
      after: everywhere(['b', 'c'], 'b'),
      rows: [`INSERT INTO t (id, mood) VALUES (1, 'b')`],
    },
    {
      name: 'a column becomes an enum',
      before: { t: pg.pgTable('t', { a: pg.text('a').default('x') }) },
      after: (() => {
        const kind = pg.pgEnum('kind', ['x', 'y'])
        return { kind, t: pg.pgTable('t', { a: kind('a').default('x') }) }
      })(),
      rows: ['INSERT INTO t DEFAULT VALUES'],
      rowsAfter: ['INSERT INTO t DEFAULT VALUES'],
    },
    {
      name: 'a column changes from one enum to another',
      before: (() => {
        const one = pg.pgEnum('one', ['x', 'y'])
        return { one, t: pg.pgTable('t', { a: one('a').default('x'), b: one('b').array() }) }
      })(),
      after: (() => {
        const two = pg.pgEnum('two', ['y', 'x'])
        return { two, t: pg.pgTable('t', { a: two('a').default('y'), b: two('b').array() }) }
      })(),
      rows: [`INSERT INTO t (b) VALUES ('{x}')`],
    },
    {
      name: 'a column becomes an array of an enum whose values change places',
      using: ['t.a=array[a]'],
      before: (() => {
        const mood = pg.pgEnum('mood', ['a', 'b'])
        return { mood, t: pg.pgTable('t', { a: mood('a').default('a'), b: mood('b') }) }
      })(),
      after: (() => {
        const mood = pg.pgEnum('mood', ['b', 'a'])
        return { mood, t: pg.pgTable('t', { a: mood('a').array().default(['b']), b: mood('b') }) }
      })(),
    },
    {
      name: 'a column changes to an enum that was there',
      before: (() => {
        const one = pg.pgEnum('one', ['x', 'y'])
        const two = pg.pgEnum('two', ['x', 'y'])
        return { one, two, t: pg.pgTable('t', { a: one('a').notNull() }) }
      })(),
      after: (() => {
        const one = pg.pgEnum('one', ['x', 'y'])
        const two = pg.pgEnum('two', ['x', 'y'])
        return { one, two, t: pg.pgTable('t', { a: two('a').notNull() }) }
      })(),
      rows: [`INSERT INTO t VALUES ('x')`],
    },
    {
      name: 'a column becomes an array of the enum',
      using: ['t.a=array[a]'],
      before: (() => {
        const one = pg.pgEnum('one', ['x', 'y'])
        return { one, t: pg.pgTable('t', { id: pg.integer('id'), a: one('a') }) }
      })(),
      after: (() => {
        const one = pg.pgEnum('one', ['x', 'y'])
        return { one, t: pg.pgTable('t', { id: pg.integer('id'), a: one('a').array() }) }
      })(),
    },
    {
      name: 'an enum goes with its columns',
      before: used(['a', 'b', 'c'], 'a'),
      after: { t: pg.pgTable('t', { id: pg.integer('id') }) },
      rows,
    },
    {
      name: 'an enum of a schema gets a value',
      before: shopEnum(['a']),
      after: shopEnum(['z', 'a']),
    },
    {
      name: 'an enum of a schema loses a value',
      before: shopEnum(['a', 'b']),
      after: shopEnum(['a']),
    },
    {
      name: 'enums of one name in two schemas',
      before: (() => {
        const kind = pg.pgEnum('kind', ['p'])
        return { ...shopEnum(['a']), publicKind: kind, u: pg.pgTable('u', { kind: kind('kind') }) }
      })(),
      after: (() => {
        const kind = pg.pgEnum('kind', ['q'])
        return {
          ...shopEnum(['a', 'c']),
          publicKind: kind,
          u: pg.pgTable('u', { kind: kind('kind') }),
        }
      })(),
    },
    {
      name: 'an enum moves into a schema',
      before: (() => {
        const kind = pg.pgEnum('kind', ['a'])
        return { shop, kind, t2: shop.table('t2', { kind: kind('kind') }) }
      })(),
      after: (() => {
        const kind = shop.enum('kind', ['a'])
        return { shop, kind, t2: shop.table('t2', { kind: kind('kind') }) }
      })(),
      rows: [`INSERT INTO shop.t2 VALUES ('a')`],
    },
    {
      name: 'a value changes while its table changes too',
      before: used(['b', 'c'], 'b'),
      after: (() => {
        const mood = pg.pgEnum('mood', ['c', 'd', 'b'])
        return {
          mood,
          t: pg.pgTable('t', {
            id: pg.bigint('id', { mode: 'number' }),
            mood: mood('mood').notNull().default('d'),
            more: mood('more'),
          }),
        }
      })(),
      rows,
    },
    {
      name: 'an enum whose name needs quotes',
      before: (() => {
        const odd = pg.pgEnum('Odd "Mood"', ['a', 'b'])
        return { odd, t: pg.pgTable('t', { a: odd('a').default('a') }) }
      })(),
      after: (() => {
        const odd = pg.pgEnum('Odd "Mood"', ['c', 'a'])
        return { odd, t: pg.pgTable('t', { a: odd('a').default('c') }) }
      })(),
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
  ]
}

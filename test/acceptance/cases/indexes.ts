import type { ExtraConfigColumn, PgTableExtraConfigValue } from 'drizzle-orm/pg-core'
import type { CaseTable } from '../case.ts'

export const indexes: CaseTable = ({ pg, sql, orm: { eq, isNull } }) => {
  const columns = () => ({
    a: pg.text('a'),
    b: pg.integer('b'),
    at: pg.timestamp('at'),
    data: pg.jsonb('data'),
    tags: pg.text('tags').array(),
    place: pg.point('place'),
  })

  type Extra = (
    table: Record<'a' | 'b' | 'at' | 'data' | 'tags' | 'place', ExtraConfigColumn>,
  ) => PgTableExtraConfigValue[]
  const docs = (extra: Extra) => ({ docs: pg.pgTable('docs', columns(), extra as never) })
  const none = docs(() => [])
  const plain = docs((t) => [pg.index('i').on(t.a)])
  const rows = [`INSERT INTO docs VALUES ('x', 1, now(), '{"a": 1}', '{x}', '(1,2)')`]
  return [
    { name: 'an index comes', before: none, after: plain, rows },
    { name: 'without a name', before: none, after: docs((t) => [pg.index().on(t.a, t.b)]), rows },
    { name: 'unique', before: plain, after: docs((t) => [pg.uniqueIndex('i').on(t.a)]), rows },
    { name: 'another column', before: plain, after: docs((t) => [pg.index('i').on(t.b)]), rows },
    { name: 'another name', before: plain, after: docs((t) => [pg.index('J "j"').on(t.a)]), rows },
    {
      name: 'order and nulls',
      before: plain,
      after: docs((t) => [
        pg.index('i').on(t.a.desc(), t.b.asc().nullsFirst(), t.at.desc().nullsLast()),
      ]),
      rows,
    },
    {
      name: 'an operator class',
      before: plain,
      after: docs((t) => [pg.index('i').on(t.a.op('text_pattern_ops'))]),
      rows,
    },
    {
      name: 'gin over jsonb',
      before: none,
      after: docs((t) => [
        pg.index('i').using('gin', t.data),
        pg.index('j').using('gin', t.data.op('jsonb_path_ops')),
      ]),
      rows,
    },
    {
      name: 'gin over an array',
      before: none,
      after: docs((t) => [pg.index('i').using('gin', t.tags)]),
      rows,
    },
    {
      name: 'gist, hash and brin',
      before: none,
      after: docs((t) => [
        pg.index('i').using('gist', t.place),
        pg.index('j').using('hash', t.a),
        pg.index('k').using('brin', t.at),
      ]),
      rows,
    },
    {
      name: 'an expression',
      before: plain,
      after: docs((t) => [pg.index('i').on(sql`lower(${t.a})`)]),
      rows,
    },
    {
      name: 'expressions and columns mixed',
      before: none,
      after: docs((t) => [
        pg.uniqueIndex('i').on(sql`lower(${t.a})`, t.b, sql`(${t.data} ->> 'k')`),
      ]),
      rows,
    },
    {
      name: 'an expression with order',
      before: none,
      after: docs((t) => [pg.index('i').on(sql`${t.b} desc nulls last`)]),
      rows,
    },
    {
      name: 'a condition comes',
      before: plain,
      after: docs((t) => [pg.index('i').on(t.a).where(isNull(t.at))]),
      rows,
    },
    {
      name: 'another condition',
      before: docs((t) => [pg.index('i').on(t.a).where(eq(t.b, 1))]),
      after: docs((t) => [pg.index('i').on(t.a).where(sql`${t.b} > 5 and ${t.a} <> 'it''s'`)]),
      rows,
    },
    {
      name: 'storage parameters',
      before: none,
      after: docs((t) => [pg.index('i').on(t.a).with({ fillfactor: 70 })]),
      rows,
    },
    {
      name: 'two swap their names',
      before: docs((t) => [pg.index('i').on(t.a), pg.index('j').on(t.b)]),
      after: docs((t) => [pg.index('j').on(t.a), pg.index('i').on(t.b)]),
      rows,
    },
    {
      name: 'the same in another spelling is no change',
      before: docs((t) => [pg.index('i').on(t.a).where(sql`${t.b} > 5`)]),
      after: docs((t) => [pg.index('i').on(t.a.asc()).where(sql`((b)>(5))`)]),
    },
    {
      name: 'concurrently, as the model says',
      before: none,
      after: docs((t) => [pg.index('i').on(t.a).concurrently()]),
      rows,
    },
    {
      name: 'on a new column of an old table',
      before: { t: pg.pgTable('t', { a: pg.integer('a') }) },
      after: {
        t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b') }, (t) => [
          pg.index('i').on(t.b, t.a),
        ]),
      },
      rows: ['INSERT INTO t VALUES (1)'],
    },
    {
      name: 'on a materialized view’s table and a view that reads it',
      before: (() => {
        const { docs: table } = none
        return { table, v: pg.pgView('v').as((qb) => qb.select().from(table)) }
      })(),
      after: (() => {
        const { docs: table } = plain
        return { table, v: pg.pgView('v').as((qb) => qb.select().from(table)) }
      })(),
    },
  ]
}

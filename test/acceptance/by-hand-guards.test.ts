import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, withId } from './by-hand.ts'

const unique = (a: () => { unique(): pg.PgColumnBuilderBase }) => withId({ a: a().unique() })
const checked = (a: () => pg.PgColumnBuilderBase) =>
  withId({ a: a() }, (t: { a: pg.PgColumn }) => [
    pg.check('bounded', sql`${t.a} is null or length(${t.a}::text) > 2`),
  ])
const pointing = (x: () => pg.PgColumnBuilderBase & { primaryKey(): pg.PgColumnBuilderBase }) => {
  const u = pg.pgTable('u', { x: x().primaryKey() })
  const to = (u as unknown as { x: pg.AnyPgColumn }).x
  const t = pg.pgTable('t', { x: x() }, (self) => [
    pg.foreignKey({
      columns: [(self as unknown as { x: pg.AnyPgColumn }).x],
      foreignColumns: [to],
    }),
  ])
  return { u, t }
}

byHand('what stays on a column is asked again about values that become others', [
  {
    name: 'a unique constraint, values said by hand',
    before: unique(() => pg.uuid('a')),
    byHand: 'INSERT INTO t VALUES (1, gen_random_uuid()), (2, gen_random_uuid())',
    after: unique(() => pg.date('a')),
    answers: { using: ["t.a='2020-01-01'::date"] },
    says: /^-- fails where two rows get the same "a"\n(.*\n)?ALTER TABLE "t" ALTER COLUMN "a" TYPE date/m,
    fails: true,
  },
  {
    name: 'a unique constraint, values rounded',
    before: unique(() => pg.numeric('a')),
    byHand: 'INSERT INTO t VALUES (1, 1.1), (2, 1.2)',
    after: unique(() => pg.integer('a')),
    says: /^-- fails where two rows get the same "a"\n(.*\n)?ALTER TABLE "t" ALTER COLUMN "a" TYPE integer/m,
    fails: true,
  },
  {
    name: 'none, where what does not fit is refused',
    before: unique(() => pg.bigint('a', { mode: 'number' })),
    byHand: 'INSERT INTO t VALUES (1, 1), (2, 2)',
    after: unique(() => pg.integer('a')),
    says: /^(?![\s\S]*get the same)/,
  },
  {
    name: 'a check',
    before: checked(() => pg.varchar('a', { length: 9 })),
    byHand: "INSERT INTO t VALUES (1, 'abc')",
    after: checked(() => pg.varchar('a', { length: 5 })),
    answers: { using: ['t.a=left(a, 2)'] },
    says: /^-- fails where a row of "t" no longer fits "bounded"$/m,
    fails: true,
  },
  {
    name: 'foreign keys on it and to it',
    before: pointing(() => pg.bigint('x', { mode: 'number' })),
    byHand: 'INSERT INTO u VALUES (1); INSERT INTO t VALUES (1)',
    after: pointing(() => pg.integer('x')),
    answers: { using: ['u.x=x', 't.x=x+1'] },
    says: /^-- fails where a row of "t" then points at nothing in "u"$/m,
    fails: true,
  },
])

const moody = pg.pgEnum('mood', ['a', 'b'])
const seen = (type: () => pg.PgColumnBuilderBase, isThere: boolean) => {
  const models = withId({ n: pg.integer('n'), ...(isThere && { a: type() }) })
  const table = models.t as pg.PgTable & Record<string, pg.PgColumn>
  const fields = Object.fromEntries(
    Object.keys(isThere ? { a: 0, n: 0 } : { n: 0 }).map((name) => [name, table[name]]),
  )
  const view = pg.pgMaterializedView('seen').as((qb) => qb.select(fields as never).from(table))
  return { ...models, view, ...(isThere && { moody }) }
}

byHand('what is made again in the same file is not in the way', [
  {
    name: 'a view with a column of an enum that goes',
    before: seen(() => moody('a').array(), true),
    byHand: 'INSERT INTO t VALUES (1, 1)',
    after: seen(() => moody('a').array(), false),
    says: /^(?![\s\S]*fails while column)[\s\S]*DROP TYPE "mood"/,
  },
])

import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, key, withId } from './by-hand.ts'

const enumAt = (schema: string | null, values: [string, ...string[]]) =>
  schema === null ? pg.pgEnum('state', values) : pg.pgSchema(schema).enum('state', values)

const usingEnum = (values: [string, ...string[]], first: string) => {
  const app = pg.pgSchema('app')
  const state = app.enum('state', values)
  const job = app.table(
    'job',
    {
      id: key(),
      state: state().notNull().default(first),
      past: state().array().default([first]),
    },
    (t) => [
      pg.check('known', sql`${t.state} <> ${sql.raw(`'${first}'::app.state`)} or ${t.id} > 0`),
      pg
        .index('open')
        .on(t.id)
        .where(sql`${t.state} = ${sql.raw(`'${first}'::app.state`)}`),
      pg.pgPolicy('own', { using: sql`${t.state} = ${sql.raw(`'${first}'::app.state`)}` }),
    ],
  )
  const open = app.view('open_job').as((qb) =>
    qb
      .select()
      .from(job)
      .where(sql`${job.state} = ${sql.raw(`'${first}'::app.state`)}`),
  )
  const kept = app
    .materializedView('kept_job')
    .as((qb) => qb.select({ id: job.id, state: job.state }).from(job))
  return { app, state, job, open, kept }
}

byHand('enums', [
  {
    name: 'of another schema in default, check, index, policy, views and an array: a value comes and becomes the default',
    before: usingEnum(['new', 'done'], 'new'),
    byHand: 'INSERT INTO app.job (id) VALUES (1); CREATE UNIQUE INDEX ON app.kept_job (id)',
    after: usingEnum(['new', 'open', 'done'], 'open'),
  },
  {
    name: 'of another schema everywhere: a value goes',
    before: usingEnum(['new', 'open', 'done'], 'new'),
    byHand: 'INSERT INTO app.job (id) VALUES (1); CREATE UNIQUE INDEX ON app.kept_job (id)',
    after: usingEnum(['new', 'done'], 'new'),
  },
  {
    name: 'the order alone',
    before: usingEnum(['new', 'open', 'done'], 'new'),
    byHand: 'INSERT INTO app.job (id) VALUES (1)',
    after: usingEnum(['done', 'new', 'open'], 'new'),
  },
  {
    name: 'three values swap their names',
    before: {
      state: enumAt(null, ['a', 'b', 'c']),
      ...withId({ s: pg.pgEnum('state', ['a', 'b', 'c'])('s').default('a') }),
    },
    byHand: "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    after: {
      state: enumAt(null, ['b', 'c', 'a']),
      ...withId({ s: pg.pgEnum('state', ['b', 'c', 'a'])('s').default('b') }),
    },
    answers: { rename: ['state.a=b', 'state.b=c', 'state.c=a'] },
    holds: [['SELECT s::text FROM t WHERE id = 1', 'b']],
  },
  {
    name: 'moves into another schema together with a new name',
    before: {
      state: enumAt(null, ['a', 'b']),
      ...withId({ s: pg.pgEnum('state', ['a', 'b'])('s').default('a') }),
    },
    byHand: 'INSERT INTO t VALUES (1)',
    after: (() => {
      const app = pg.pgSchema('app')
      const mode = app.enum('mode', ['a', 'b'])
      return { app, mode, ...withId({ s: mode('s').default('a') }) }
    })(),
    answers: { rename: ['state=app.mode'] },
  },
])

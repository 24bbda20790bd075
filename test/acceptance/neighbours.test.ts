import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, withId } from './by-hand.ts'

const key = () => pg.integer('id').primaryKey()
const type = (name: string) => pg.customType<{ data: string }>({ dataType: () => name })
const long = (start: string) => start + 'x'.repeat(63 - start.length)

const composite = (columns: 2 | 3) => {
  const org = pg.pgTable(
    'org',
    { a: pg.integer().notNull(), b: pg.integer().notNull(), c: pg.integer().notNull() },
    (t) => [
      columns === 2
        ? pg.primaryKey({ columns: [t.a, t.b] })
        : pg.primaryKey({ columns: [t.a, t.b, t.c] }),
    ],
  )
  const member = pg.pgTable(
    'member',
    { id: key(), a: pg.integer(), b: pg.integer(), c: pg.integer() },
    (t) => [
      columns === 2
        ? pg.foreignKey({ name: 'of', columns: [t.a, t.b], foreignColumns: [org.a, org.b] })
        : pg.foreignKey({
            name: 'of',
            columns: [t.a, t.b, t.c],
            foreignColumns: [org.a, org.b, org.c],
          }),
    ],
  )
  return { org, member }
}

byHand('keys', [
  {
    name: 'a composite key and the foreign key on it grow by a column',
    before: composite(2),
    byHand: 'INSERT INTO org VALUES (1, 2, 3); INSERT INTO member VALUES (1, 1, 2, 3)',
    after: composite(3),
  },
  {
    name: 'and shrink',
    before: composite(3),
    byHand: 'INSERT INTO org VALUES (1, 2, 3); INSERT INTO member VALUES (1, 1, 2, 3)',
    after: composite(2),
  },
  {
    name: 'a self-reference gets another action, another name and a column beside it',
    before: {
      node: pg.pgTable('node', { id: key(), up: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
      ]),
    },
    byHand: 'INSERT INTO node VALUES (1, NULL), (2, 1)',
    after: {
      node: pg.pgTable('node', { id: key(), up: pg.integer(), twin: pg.integer() }, (t) => [
        pg
          .foreignKey({ name: 'above', columns: [t.up], foreignColumns: [t.id] })
          .onDelete('cascade'),
        pg.foreignKey({ columns: [t.twin], foreignColumns: [t.id] }).onDelete('set null'),
      ]),
    },
  },
  {
    name: 'a self-referenced key becomes bigint',
    before: {
      node: pg.pgTable('node', { id: pg.serial().primaryKey(), up: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
        pg.index('by_up').on(t.up),
      ]),
    },
    byHand: 'INSERT INTO node (up) VALUES (NULL), (1)',
    after: {
      node: pg.pgTable(
        'node',
        { id: pg.bigserial({ mode: 'number' }).primaryKey(), up: pg.bigint({ mode: 'number' }) },
        (t) => [
          pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
          pg.index('by_up').on(t.up),
        ],
      ),
    },
  },
  {
    name: 'two tables point at each other, and both keys change',
    before: (() => {
      const a = pg.pgTable(
        'a',
        { id: key(), b: pg.integer() },
        (t): pg.PgTableExtraConfigValue[] => [
          pg.foreignKey({ columns: [t.b], foreignColumns: [b.id] }),
        ],
      )
      const b = pg.pgTable('b', { id: key(), a: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.a], foreignColumns: [a.id] }),
      ])
      return { a, b }
    })(),
    byHand: 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1',
    after: (() => {
      const big = (name: string) => pg.bigint(name, { mode: 'number' })
      const a = pg.pgTable(
        'a',
        { id: big('id').primaryKey(), b: big('b') },
        (t): pg.PgTableExtraConfigValue[] => [
          pg.foreignKey({ columns: [t.b], foreignColumns: [b.id] }).onUpdate('cascade'),
        ],
      )
      const b = pg.pgTable('b', { id: big('id').primaryKey(), a: big('a') }, (t) => [
        pg.foreignKey({ columns: [t.a], foreignColumns: [a.id] }).onDelete('restrict'),
      ])
      return { a, b }
    })(),
  },
  {
    name: 'NULLS NOT DISTINCT comes and a partial predicate changes',
    since: 15,
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [
      pg.unique('u').on(t.a as never),
      pg.uniqueIndex('p').on(t.b).where(sql`${t.a} is null`),
    ]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y'), (2, NULL, 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg
        .unique('u')
        .on(t.a as never)
        .nullsNotDistinct(),
      pg.uniqueIndex('p').on(t.b).where(sql`${t.a} is not null`),
    ]) as never),
    says: /^-- compatible: no$/m,
  },
  {
    name: 'a unique constraint and an index swap their names',
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [pg.unique('one').on(t.a as never), pg.index('two').on(t.b)]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg.unique('two').on(t.a as never),
      pg.index('one').on(t.b),
    ]) as never),
  },
])

const coded = (isKey: boolean, more: Record<string, pg.PgColumnBuilderBase> = {}) => ({
  t: pg.pgTable(
    't',
    isKey
      ? { id: pg.integer(), code: pg.text().primaryKey(), ...more }
      : { id: key(), code: pg.text().notNull().unique() },
  ),
})
byHand('a primary key that moves to another column', [
  {
    name: 'and what was one may be NULL',
    before: coded(false),
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: coded(true),
    holds: [
      ["INSERT INTO t (code) VALUES ('y') RETURNING id IS NULL", true],
      ['DELETE FROM t WHERE id IS NULL RETURNING 1', 1],
    ],
  },
  {
    name: 'back again, with a column beside it',
    before: coded(true, { n: pg.integer() }),
    byHand: "INSERT INTO t VALUES (1, 'x', 2)",
    after: coded(false),
  },
  {
    name: 'goes for good, and something else is unique',
    before: coded(false),
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: {
      t: pg.pgTable('t', { id: pg.integer(), code: pg.text() }, (t) => [
        pg.uniqueIndex('u').on(t.id, t.code),
      ]),
    },
  },
])

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

const swapped = (names: readonly string[]) =>
  Object.fromEntries(
    names.map((name, at) => [
      `t${at}`,
      pg.pgTable(name, { id: key(), [`of_${at}`]: pg.integer() }),
    ]),
  )
const ring = (names: readonly [string, string, string]) => {
  const [a, b, c] = names
  return withId({ [a]: pg.integer(a), [b]: pg.text(b), [c]: pg.boolean(c) }, ((
    t: Record<string, pg.ExtraConfigColumn>,
  ) => [pg.index('i').on(t[a]!, t[b]!), pg.check('c', sql`${t[c]} or ${t[a]} > 0`)]) as never)
}
byHand('renames', [
  {
    name: 'three tables in a ring',
    before: swapped(['x', 'y', 'z']),
    byHand:
      'INSERT INTO x VALUES (1, 10); INSERT INTO y VALUES (2, 20); INSERT INTO z VALUES (3, 30)',
    after: swapped(['y', 'z', 'x']),
    answers: { rename: ['x=y', 'y=z', 'z=x'] },
    holds: [
      ['SELECT of_0 FROM y', 10],
      ['SELECT of_2 FROM x', 30],
    ],
  },
  {
    name: 'three columns in a ring, with an index and a check',
    before: ring(['p', 'q', 'r']),
    byHand: "INSERT INTO t VALUES (1, 1, 'x', true)",
    after: ring(['q', 'r', 'p']),
    answers: { rename: ['t.p=q', 't.q=r', 't.r=p'] },
    holds: [['SELECT q FROM t', 1]],
  },
  {
    name: 'a table moves to another schema with a new name, a renamed column, its index and a view',
    before: (() => {
      const person = pg.pgTable(
        'person',
        { id: pg.serial().primaryKey(), nick: pg.text() },
        (t) => [pg.index('by_nick').on(t.nick)],
      )
      return { person, seen: pg.pgView('seen').as((qb) => qb.select().from(person)) }
    })(),
    byHand: "INSERT INTO person (nick) VALUES ('a')",
    after: (() => {
      const app = pg.pgSchema('app')
      const people = app.table('people', { id: pg.serial().primaryKey(), name: pg.text() }, (t) => [
        pg.index('by_name').on(t.name),
      ])
      return { app, people, seen: pg.pgView('seen').as((qb) => qb.select().from(people)) }
    })(),
    answers: { rename: ['person=app.people', 'person.nick=name'] },
    holds: [['SELECT name FROM app.people', 'a']],
  },
  {
    name: 'names of 63 bytes, quoted and in other scripts',
    before: {
      a: pg.pgTable(long('Ärger "x" '.slice(0, 4)), { id: key(), 'größe "q"': pg.integer() }),
      b: pg.pgTable('SELECT', { order: key(), 'a.b': pg.text() }, (t) => [
        pg.uniqueIndex('the "index"').on(t['a.b']),
      ]),
      c: pg.pgTable('表', { 列: key() }),
    },
    byHand: `INSERT INTO "SELECT" VALUES (1, 'x'); INSERT INTO "表" VALUES (1)`,
    after: {
      a: pg.pgTable(long('Ärger "x" '.slice(0, 4)), {
        id: key(),
        'größe "q"': pg.bigint({ mode: 'number' }),
        "it's": pg.text(),
      }),
      b: pg.pgTable(
        'SELECT',
        { order: key(), 'a.b': pg.text().notNull().default("it's $$ \\ x") },
        (t) => [
          pg.uniqueIndex('the "index"').on(t['a.b'], t.order),
          pg.check('the "check"', sql`${t['a.b']} <> ${sql.raw("'a;b'")}`),
        ],
      ),
      c: pg.pgTable('表', { 列: key(), 値: pg.text() }, (t) => [pg.unique('鍵').on(t.値)]),
    },
  },
  {
    name: 'a name of 63 bytes whose index is swapped',
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [pg.uniqueIndex(long('i')).on(t.a), pg.unique(long('u')).on(t.b as never)]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg.uniqueIndex(long('i')).on(t.a, t.b),
      pg.unique(long('u')).on(t.b as never, t.a as never),
    ]) as never),
  },
])

const generated = (n: number) => {
  const t = pg.pgTable(
    't',
    {
      id: key(),
      a: pg.integer().notNull(),
      g: pg.integer().generatedAlwaysAs(sql.raw(`a * ${n}`)),
    },
    (self) => [pg.index('by_g').on(self.g), pg.check('c', sql`${self.g} > 0`)],
  )
  return {
    t,
    v: pg.pgView('v').as((qb) => qb.select({ g: t.g }).from(t)),
    m: pg.pgMaterializedView('m').as((qb) => qb.select({ g: t.g }).from(t)),
  }
}
const identity = (
  options: Parameters<ReturnType<typeof pg.integer>['generatedAlwaysAsIdentity']>[0],
  always = true,
) => ({
  t: pg.pgTable('t', {
    id: always
      ? pg.integer().primaryKey().generatedAlwaysAsIdentity(options)
      : pg.integer().primaryKey().generatedByDefaultAsIdentity(options),
    a: pg.text(),
  }),
})
const positive = type('positive')
byHand('columns', [
  {
    name: 'a generated column with an index, a check and two views gets another expression',
    before: generated(2),
    byHand: 'INSERT INTO t (id, a) VALUES (1, 2); CREATE INDEX by_hand ON m (g)',
    after: generated(3),
    holds: [['SELECT g FROM t', 6]],
  },
  {
    name: 'a generated column with all that becomes plain',
    before: generated(2),
    byHand: 'INSERT INTO t (id, a) VALUES (1, 2)',
    after: (() => {
      const t = pg.pgTable(
        't',
        { id: key(), a: pg.integer().notNull(), g: pg.integer() },
        (self) => [pg.index('by_g').on(self.g), pg.check('c', sql`${self.g} > 0`)],
      )
      return {
        t,
        v: pg.pgView('v').as((qb) => qb.select({ g: t.g }).from(t)),
        m: pg.pgMaterializedView('m').as((qb) => qb.select({ g: t.g }).from(t)),
      }
    })(),
    holds: [['SELECT g FROM t', 4]],
  },
  {
    name: 'options of an identity, and its kind',
    before: identity({ startWith: 10, increment: 5 }),
    byHand: "INSERT INTO t (a) VALUES ('x'), ('y')",
    after: identity({ startWith: 10, increment: 7, maxValue: 1000, cycle: true, cache: 4 }, false),
    holds: [["INSERT INTO t (a) VALUES ('z') RETURNING id", 22]],
  },
  {
    name: 'an identity gets a sequence of another name',
    before: identity({ name: 'numbers' }),
    byHand: "INSERT INTO t (a) VALUES ('x')",
    after: identity({ name: 'counters' }),
  },
  {
    name: 'a column of a domain takes its base type, with an index',
    before: withId({ p: pg.integer() }, ((t: Record<'p', pg.ExtraConfigColumn>) => [
      pg.index('i').on(t.p),
    ]) as never),
    byHand: 'CREATE DOMAIN positive AS integer CHECK (VALUE > 0); INSERT INTO t VALUES (1, 5)',
    after: withId({ p: positive('p').default(sql`1`) }, ((t: Record<'p', pg.ExtraConfigColumn>) => [
      pg.index('i').on(t.p),
    ]) as never),
  },
  {
    name: 'arrays of enums and of arrays change their type',
    before: {
      mood: pg.pgEnum('mood', ['a', 'b']),
      ...withId({
        m: pg.pgEnum('mood', ['a', 'b'])('m').array(),
        n: pg.integer('n').array().array(),
      }),
    },
    byHand: "INSERT INTO t VALUES (1, '{a,b}', '{{1,2}}')",
    after: {
      mood: pg.pgEnum('mood', ['a', 'b']),
      ...withId({ m: pg.text('m').array(), n: pg.bigint('n', { mode: 'number' }).array().array() }),
    },
    answers: { usingDown: ['t.m=m::mood[]'] },
  },
  {
    name: 'casing names columns, keys and indexes',
    options: { casing: 'snake_case' },
    before: {
      t: pg.pgTable('t', { userId: pg.integer().primaryKey(), firstName: pg.text().unique() }),
    },
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: {
      t: pg.pgTable(
        't',
        { userId: pg.integer().primaryKey(), firstName: pg.text().unique(), lastName: pg.text() },
        (t) => [
          pg.index().on(t.firstName, t.lastName),
          pg.check('named', sql`${t.firstName} is not null or ${t.lastName} is not null`),
        ],
      ),
    },
  },
])

const partitioned = (
  columns: Record<string, pg.PgColumnBuilderBase>,
  extra?: (t: never) => pg.PgTableExtraConfigValue[],
) => ({
  log: pg.pgTable(
    'log',
    { id: pg.integer().notNull(), at: pg.date().notNull(), ...columns },
    extra as never,
  ),
})
const views = (query: string, more = false) => {
  const t = pg.pgTable('t', { id: key(), a: pg.text() })
  return {
    t,
    m: pg
      .pgMaterializedView('m', { id: pg.integer(), ...(more && { b: pg.text() }) })
      .as(sql.raw(query)),
    w: pg.pgView('w', { id: pg.integer() }).as(sql`select id from m`),
  }
}
byHand('relations', [
  {
    name: 'a partitioned table by hand gets a column, an index and a check',
    before: { t: pg.pgTable('t', { id: key() }) },
    byHand: `CREATE TABLE log (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); INSERT INTO log VALUES (1, '2020-05-05')`,
    after: {
      t: pg.pgTable('t', { id: key() }),
      ...partitioned({ n: pg.integer().default(3).notNull() }, ((
        t: Record<'n' | 'id', pg.ExtraConfigColumn>,
      ) => [pg.index('by_n').on(t.n), pg.check('some', sql`${t.n} > 0`)]) as never),
    },
    holds: [['SELECT n FROM log', 3]],
  },
  {
    name: 'a materialized view with an index and a view on it gets a column',
    before: views('select id from t'),
    byHand:
      "INSERT INTO t VALUES (1, 'x'); CREATE UNIQUE INDEX by_id ON m (id); REFRESH MATERIALIZED VIEW m",
    after: views('select id, a as b from t', true),
    holds: [['SELECT id FROM w', 1]],
  },
  {
    name: 'an index with operator class, expression, storage and collation changes',
    before: withId({ a: pg.text(), j: pg.jsonb() }, ((
      t: Record<'a' | 'j', pg.ExtraConfigColumn>,
    ) => [
      pg.index('i').using('btree', t.a.op('text_pattern_ops')),
      pg.index('g').using('gin', t.j.op('jsonb_path_ops')),
      pg.index('e').on(sql`lower(${t.a}) text_pattern_ops`),
    ]) as never),
    byHand: `INSERT INTO t VALUES (1, 'x', '{}')`,
    after: withId({ a: pg.text(), j: pg.jsonb() }, ((
      t: Record<'a' | 'j', pg.ExtraConfigColumn>,
    ) => [
      pg.index('i').using('btree', t.a.op('varchar_pattern_ops')),
      pg.index('g').using('gin', t.j.op('jsonb_ops')),
      pg.index('e').on(sql`upper(${t.a}) text_pattern_ops`).with({ fillfactor: 70 }),
    ]) as never),
  },
  {
    name: 'objects of two schemas that point at each other',
    before: (() => {
      const [one, two] = [pg.pgSchema('one'), pg.pgSchema('two')]
      const a = one.table('a', { id: key() })
      return {
        one,
        two,
        a,
        b: two.table('b', { id: key(), a: pg.integer().references(() => a.id) }),
      }
    })(),
    byHand: 'INSERT INTO one.a VALUES (1); INSERT INTO two.b VALUES (1, 1)',
    after: (() => {
      const [one, two] = [pg.pgSchema('one'), pg.pgSchema('two')]
      const a = two.table('a', { id: key() })
      return {
        one,
        two,
        a,
        b: one.table('b', {
          id: key(),
          a: pg.integer().references(() => a.id, { onDelete: 'cascade' }),
        }),
      }
    })(),
    answers: { rename: ['one.a=two.a', 'two.b=one.b'] },
    holds: [['SELECT a FROM one.b', 1]],
  },
])

const texts = () => ({ a: pg.text('a'), b: pg.text('b') })
const retyped = () => ({ a: pg.varchar('a', { length: 9 }), b: pg.text('b') })
const ofKid = (kind: string) =>
  `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '${kind}'::regclass AND attname = 'a'`
byHand('tables that inherit, by hand', [
  {
    name: 'the type of a column',
    before: withId(texts()),
    byHand: "CREATE TABLE kid () INHERITS (t); INSERT INTO kid VALUES (1, 'x')",
    after: withId(retyped()),
    holds: [[ofKid('kid'), 'character varying(9)']],
  },
  {
    name: 'a default of its own stays, what comes is there as well',
    before: withId(texts()),
    byHand:
      "CREATE TABLE kid (k int) INHERITS (t); ALTER TABLE kid ALTER a SET DEFAULT 'q'; INSERT INTO kid (id) VALUES (1)",
    after: withId({ ...retyped(), c: pg.integer('c').notNull().default(1) }),
    holds: [['INSERT INTO kid (id) VALUES (2) RETURNING a || c', 'q1']],
    holdsAfterAll: [['INSERT INTO kid (id) VALUES (3) RETURNING a || c', 'q1']],
  },
  {
    name: 'NOT NULL and a default, two tables deep',
    before: withId(texts()),
    byHand:
      "CREATE TABLE kid (k int) INHERITS (t); CREATE TABLE baby () INHERITS (kid); INSERT INTO baby VALUES (1, 'x')",
    after: withId({ a: pg.text('a').notNull().default('x'), b: pg.text('b') }),
    holds: [['INSERT INTO baby (id) VALUES (2) RETURNING a', 'x']],
  },
  {
    name: 'a column goes',
    before: withId(texts()),
    byHand: 'CREATE TABLE kid (k int) INHERITS (t)',
    after: withId({ b: pg.text('b') }),
    holds: [
      [
        "SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'kid'::regclass AND attname = 'a'",
        0,
      ],
    ],
  },
])

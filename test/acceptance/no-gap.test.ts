import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, withId } from './by-hand.ts'

const columns = () => ({ a: pg.text('a'), b: pg.text('b').notNull(), n: pg.integer('n') })
type Extra = (
  table: Record<'id' | 'a' | 'b' | 'n', pg.ExtraConfigColumn>,
) => pg.PgTableExtraConfigValue[]
const t = (extra: Extra) => withId(columns(), extra as never)
const rows = "INSERT INTO t VALUES (1, 'x', 'y', 1), (2, 'y', 'y', 2)"

/** At every commit of a command that changes the schema `condition` has to hold. */
const watched = (condition: string) => `${rows};
  CREATE SCHEMA watch; CREATE TABLE watch.seen (n int); CREATE TABLE watch.gap (n int);
  CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO watch.seen VALUES (1); END $f$;
  CREATE FUNCTION watch.judge() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
    IF NOT coalesce((${condition}), false) THEN INSERT INTO watch.gap VALUES (1); END IF; RETURN NULL; END $f$;
  CREATE CONSTRAINT TRIGGER judge AFTER INSERT ON watch.seen DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION watch.judge();
  CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION watch.note()`

const index = `SELECT count(*) > 0 FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid AND NOT indisprimary`
const uniqueIndex = `${index} AND indisunique`
const constraint = (type: string) =>
  `SELECT count(*) > 0 FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = '${type}'`
const guarded = (
  name: string,
  condition: string,
  before: HandCase['before'],
  after: HandCase['before'],
  says?: RegExp,
): HandCase => ({
  name,
  before,
  byHand: watched(condition),
  after,
  ...(says && { says }),
  holds: [
    ['SELECT count(*)::int FROM watch.gap', 0],
    ['SELECT count(*) > 0 FROM watch.seen', true],
  ],
  holdsAfterAll: [['SELECT count(*)::int FROM watch.gap', 0]],
})

const u = () => pg.pgTable('u', { id: pg.integer('id').primaryKey() })
const pointing = (action: 'cascade' | 'set null') => {
  const target = u()
  const key = (it: { n: pg.ExtraConfigColumn }) => [
    pg
      .foreignKey({ name: 'k', columns: [it.n as never], foreignColumns: [target.id] })
      .onDelete(action),
  ]
  return { target, ...withId({ n: pg.integer('n') }, key as never) }
}

byHand('at no moment is there neither', [
  guarded(
    'a unique index gets a second column',
    uniqueIndex,
    t((it) => [pg.uniqueIndex('i').on(it.a)]),
    t((it) => [pg.uniqueIndex('i').on(it.a, it.b)]),
    /^-- compatible: no$/m,
  ),
  guarded(
    'a unique constraint, under the name that its columns give it',
    constraint('u'),
    t((it) => [pg.unique().on(it.a as never)]),
    t((it) => [pg.unique().on(it.a as never, it.b as never)]),
    /^-- compatible: no$/m,
  ),
  guarded(
    'a unique constraint becomes a unique index of its name',
    uniqueIndex,
    t((it) => [pg.unique('i').on(it.a as never)]),
    t((it) => [pg.uniqueIndex('i').on(it.a)]),
    /^-- compatible: no$/m,
  ),
  guarded(
    'a plain index',
    index,
    t((it) => [pg.index('i').on(it.a)]),
    t((it) => [pg.index('i').on(it.a.desc(), it.n)]),
  ),
  guarded(
    'a check',
    constraint('c'),
    t((it) => [pg.check('c', sql`${it.n} > 0`)]),
    t((it) => [pg.check('c', sql`${it.n} > -5`)]),
  ),
  guarded(
    'a check under another name, with another meaning',
    constraint('c'),
    t((it) => [pg.check('c', sql`${it.n} > 0`)]),
    t((it) => [pg.check('d', sql`${it.n} > -5`)]),
  ),
  guarded(
    'a primary key',
    constraint('p'),
    withId(columns()),
    {
      t: pg.pgTable('t', { id: pg.integer('id').notNull(), ...columns() }, (it) => [
        pg.primaryKey({ columns: [it.id, it.b] }),
      ]),
    },
    /^-- compatible: no$/m,
  ),
  {
    ...guarded('a foreign key', constraint('f'), pointing('cascade'), pointing('set null')),
    byHand: watched(constraint('f')).replace(
      rows,
      'INSERT INTO u VALUES (1); INSERT INTO t VALUES (1, 1)',
    ),
  },
  guarded(
    'a unique constraint of a column that goes',
    `SELECT count(*) > 0 FROM pg_index WHERE indrelid = 't'::regclass AND indisunique AND NOT indisprimary`,
    t((it) => [pg.unique().on(it.a as never, it.n as never)]),
    withId({ a: pg.text('a'), b: pg.text('b').notNull() }, ((
      it: Record<'a', pg.ExtraConfigColumn>,
    ) => [pg.unique().on(it.a as never)]) as never),
  ),
  guarded(
    'a check of a column that takes another type',
    constraint('c'),
    t((it) => [pg.check('c', sql`${it.n} > 0`)]),
    withId({ ...columns(), n: pg.numeric('n') }, ((it: Record<'n', pg.ExtraConfigColumn>) => [
      pg.check('c', sql`${it.n} > 0`),
    ]) as never),
  ),
])

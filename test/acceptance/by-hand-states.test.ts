import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, withId } from './by-hand.ts'

const checked = (n: pg.PgColumnBuilderBase, ...least: readonly number[]) =>
  withId({ n }, () => least.map((least) => pg.check('positive', sql.raw(`n > ${least}`))))
const before = checked(pg.integer('n'), 0)
const wider = checked(pg.numeric('n'), 0)
const narrower = checked(pg.integer('n'), 1)
const gone = checked(pg.integer('n'))

const child = 'CREATE TABLE child (extra int) INHERITS (t)'
const tree = `CREATE TABLE t (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
  CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9); CREATE TABLE t2 PARTITION OF t DEFAULT`
/** The check in a state, by hand, on rows that fit it or on one that does not. */
const add = (state: string) => `ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) ${state}`
const fits = 'INSERT INTO t VALUES (1, 5)'
const fitsNot = 'INSERT INTO t VALUES (1, -1)'

const states: readonly (readonly [name: string, byHand: string, since?: number])[] = [
  ['NOT VALID', `${fits}; ${add('NOT VALID')}`],
  ['NOT VALID on a parent', `${child}; ${fits}; ${add('NOT VALID')}`],
  ['NOT VALID on a parent, and valid on its child', `${add('NOT VALID')}; ${child}`],
  [
    'NOT VALID on a parent, and valid on the child of its child',
    `${add('NOT VALID')}; ${child}; CREATE TABLE below () INHERITS (child)`,
  ],
  ['NO INHERIT', `${child}; ${add('NO INHERIT')}`],
  ['NOT VALID NO INHERIT', `${child}; ${fits}; ${add('NO INHERIT NOT VALID')}`],
  [
    'on parent and child',
    `${child}; ALTER TABLE child ADD CONSTRAINT positive CHECK (n > 0); ${add('')}`,
  ],
  ['NOT ENFORCED', `${fits}; ${add('NOT ENFORCED')}`, 18],
  ['NOT ENFORCED on a parent', `${child}; ${add('NOT ENFORCED')}`, 18],
  ['on the root of partitions', `DROP TABLE t; ${tree}; ${add('')}; ${fits}`],
  ['NOT VALID on the root of partitions', `DROP TABLE t; ${tree}; ${fits}; ${add('NOT VALID')}`],
  [
    'on the root, and NOT VALID on a partition',
    `DROP TABLE t; ${tree}; ${add('')}; ALTER TABLE t1 ADD CONSTRAINT own CHECK (n < 9) NOT VALID`,
  ],
]

const after = (models: HandCase['after']) =>
  states.map(
    ([name, state, since]): HandCase => ({
      name,
      before,
      byHand: state.includes('DROP TABLE t;')
        ? state
        : `ALTER TABLE t DROP CONSTRAINT positive; ${state}`,
      after: models,
      ...(since && { since }),
      ...(name.endsWith('on a partition') && { oneWay: 'PostgreSQL spells the casts' }),
    }),
  )

byHand(
  'a check in a state that somebody gave it comes back, while its column takes another type',
  after(wider),
)
byHand(
  'the same, where the models have another expression',
  after(narrower).filter(({ name }) => name !== 'on parent and child'),
)
byHand('the same, where the models do not have it', after(gone))

const told = (name: string, state: string, models: HandCase['after'] = wider): HandCase => ({
  name,
  before,
  byHand: `ALTER TABLE t DROP CONSTRAINT positive; ${state}`,
  after: models,
  says: /^-- fails while a row of "t" does not fit it\nALTER TABLE "t" (?:ADD|VALIDATE) CONSTRAINT/m,
  fails: true,
})

byHand('rows that a check which is NOT VALID was not asked about are told of', [
  told('while its column takes another type', `${fitsNot}; ${add('NOT VALID')}`),
  told('on a parent', `${child}; INSERT INTO child VALUES (1, -1); ${add('NOT VALID')}`),
  told('where nothing else changes', `${fitsNot}; ${add('NOT VALID')}`, before),
])

byHand('what is not enforced stays so', [
  {
    name: 'on rows that do not fit',
    before,
    byHand: `ALTER TABLE t DROP CONSTRAINT positive; ${fitsNot}; ${add('NOT ENFORCED')}`,
    after: wider,
    since: 18,
    holds: [["SELECT conenforced FROM pg_constraint WHERE conname = 'positive'", false]],
  },
])

const keyed = (
  a: pg.PgIntegerBuilderInitial<'a'> | pg.PgBigInt53BuilderInitial<'a'>,
  on = true,
) => {
  const u = pg.pgTable('u', { a: a.primaryKey() })
  const t = pg.pgTable('t', { n: pg.integer('n') }, (t) =>
    on ? [pg.foreignKey({ name: 'fk', columns: [t.n], foreignColumns: [u.a] })] : [],
  )
  return { u, t }
}
const key = (name: string, state: string, after: HandCase['after'], since?: number): HandCase => ({
  name,
  before: keyed(pg.integer('a')),
  byHand: `INSERT INTO u VALUES (1); INSERT INTO t VALUES (1); ALTER TABLE t DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (n) REFERENCES u ${state}`,
  after,
  ...(since && { since }),
})

byHand('a foreign key in a state', [
  ...['NOT VALID', 'DEFERRABLE INITIALLY DEFERRED'].flatMap((state) => [
    {
      ...key(state, state, keyed(pg.bigint('a', { mode: 'number' }))),
      ...(state === 'NOT VALID' && { oneWay: 'what was checked on its rows stays so' }),
    },
    key(`${state}, dropped`, state, keyed(pg.integer('a'), false)),
  ]),
  key('NOT ENFORCED', 'NOT ENFORCED', keyed(pg.bigint('a', { mode: 'number' })), 18),
  key('NOT ENFORCED, dropped', 'NOT ENFORCED', keyed(pg.integer('a'), false), 18),
])

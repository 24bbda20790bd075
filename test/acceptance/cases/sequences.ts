import type { CaseTable } from '../case.ts'

export const sequences: CaseTable = ({ pg, sql }) => {
  const changed = (name: string, before: object | null, after: object | null) => ({
    name,
    before: before ? { s: pg.pgSequence('s', before) } : {},
    after: after ? { s: pg.pgSequence('s', after) } : {},
  })
  return [
    changed('a sequence comes', null, {}),
    changed('a sequence comes with all options', null, {
      startWith: 10,
      increment: 5,
      minValue: 2,
      maxValue: 1000,
      cache: 20,
      cycle: true,
    }),
    changed('the increment', { increment: 1 }, { increment: 3 }),
    changed(
      'bounds and start',
      { minValue: 1, startWith: 1 },
      { minValue: 100, startWith: 150, maxValue: 200 },
    ),
    changed('cycle and cache', { cycle: true, cache: 5 }, {}),
    changed('downwards', {}, { increment: -1, maxValue: 100, minValue: -100, startWith: 50 }),
    changed(
      'bounds as text, beyond what a number holds',
      {},
      { maxValue: '9223372036854775806', minValue: '-9223372036854775807' },
    ),
    {
      name: 'a sequence with a name of its own kind',
      before: {},
      after: {
        s: pg.pgSequence('Odd "Sequence"'),
        shop: pg.pgSchema('shop'),
        t: pg.pgSchema('shop').sequence('s'),
      },
    },
    {
      name: 'a sequence and the default that reads it go',
      before: {
        s: pg.pgSequence('s'),
        t: pg.pgTable('t', { a: pg.integer('a').default(sql`nextval('s')`) }),
      },
      after: { t: pg.pgTable('t', { a: pg.integer('a') }) },
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
    {
      name: 'a table with a sequence of its default goes',
      before: {
        s: pg.pgSequence('s'),
        t: pg.pgTable('t', { a: pg.integer('a').default(sql`nextval('s')`) }),
      },
      after: {},
    },
    {
      name: 'a default changes from one sequence to another',
      before: {
        s: pg.pgSequence('s'),
        t: pg.pgTable('t', { a: pg.integer('a').default(sql`nextval('s')`) }),
      },
      after: {
        z: pg.pgSequence('z'),
        t: pg.pgTable('t', { a: pg.integer('a').default(sql`nextval('z')`) }),
      },
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
  ]
}

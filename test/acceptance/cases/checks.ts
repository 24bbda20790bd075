import type { CaseTable } from '../case.ts'

export const checks: CaseTable = ({ pg, sql }) => {
  const numbers = (...expressions: readonly [string, ReturnType<typeof sql>][]) => ({
    t: pg.pgTable(
      't',
      { a: pg.integer('a'), b: pg.integer('b'), s: pg.varchar('s', { length: 9 }) },
      () => expressions.map(([name, expression]) => pg.check(name, expression)),
    ),
  })
  const rows = [`INSERT INTO t VALUES (1, 2, 'x')`]
  return [
    { name: 'a check comes', before: numbers(), after: numbers(['positive', sql`a > 0`]), rows },
    {
      name: 'another expression',
      before: numbers(['c', sql`a > 0`]),
      after: numbers(['c', sql`a >= 0 and b is not null`]),
      rows,
    },
    {
      name: 'another name',
      before: numbers(['c', sql`a > 0`]),
      after: numbers(['D "d"', sql`a > 0`]),
      rows,
    },
    {
      name: 'two swap their expressions',
      before: numbers(['c', sql`a > 0`], ['d', sql`b > 0`]),
      after: numbers(['c', sql`b > 0`], ['d', sql`a > 0`]),
      rows,
    },
    {
      name: 'the same in another spelling is no change',
      before: numbers(['c', sql`a > 0 and b < 10`]),
      after: numbers(['c', sql`(("a" > (0)) AND (b<10))`]),
      rows,
    },
    {
      name: 'varchar in a list, which PostgreSQL spells anew each time',
      before: numbers(['c', sql`s in ('x', 'y')`]),
      after: numbers(['c', sql`s in ('x', 'y', 'z')`]),
      rows,
      respelled: 'varchar IN (…)',
    },
    {
      name: 'varchar in a list stays while another check comes',
      before: numbers(['c', sql`s in ('x', 'y')`]),
      after: numbers(['c', sql`s in ('x', 'y')`], ['d', sql`a > 0`]),
      rows,
    },
    {
      name: 'quotes, regular expressions, case and between',
      before: numbers(),
      after: numbers(
        ['c1', sql`s <> 'it''s \\ x'`],
        ['c2', sql`s ~ '^[a-z]+\\.?$'`],
        ['c3', sql`case when a > 1 then b > 1 else true end`],
        ['c4', sql`a between 0 and 10`],
        ['c5', sql`s like '%' or s is null`],
      ),
      rows,
    },
    {
      name: 'over several columns with parameters',
      before: numbers(),
      after: {
        t: pg.pgTable(
          't',
          { a: pg.integer('a'), b: pg.integer('b'), s: pg.varchar('s', { length: 9 }) },
          (t) => [pg.check('c', sql`${t.a} < ${t.b} and ${t.s} <> ${"o'x"} and ${t.a} <> ${7}`)],
        ),
      },
      rows,
    },
    {
      name: 'by a function outside the models',
      given: [
        'CREATE FUNCTION fine(n integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT n > 0 $$',
      ],
      before: numbers(),
      after: numbers(['c', sql`fine(a)`]),
      rows,
    },
  ]
}

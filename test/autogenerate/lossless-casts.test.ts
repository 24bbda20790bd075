import type { Sql } from 'postgres'
import { expect, test } from 'vitest'
import { isLossless } from '../../src/schema/lossless-cast.ts'
import { typeChange } from '../../src/schema/type-change.ts'
import { withSql } from '../support/database.ts'
import { createDatabase } from '../support/postgres.ts'

const time = ['00:00:00', '23:59:59.999', '24:00:00']
const local = '-infinity|4714-11-24 00:00:00 BC|2026-03-29 02:30:00.001|infinity'.split('|')
/** In Berlin the same hour, twice. */
const hour = ['2026-10-25 00:30:00.001+00', '2026-10-25 01:30:00.001+00', 'infinity']
const strings = ['', ' ', 'a  ', '  a', 'A', 'a', 'ääääa']

/** Values at the edges of what each built-in type holds, as PostgreSQL reads them. */
const scalars: Readonly<Record<string, readonly string[]>> = {
  smallint: ['-32768', '-1', '0', '32767'],
  integer: ['-2147483648', '-16777217', '0', '16777217', '2147483647'],
  bigint: ['-9223372036854775808', '0', '9007199254740993', '9223372036854775807'],
  real: ['NaN', 'Infinity', '-Infinity', '-0', '0.1', '3.4028235e+38', '1e-45', '16777217'],
  'double precision': ['NaN', 'Infinity', '-0', '0.1', '1.7976931348623157e+308', '5e-324'],
  numeric: ['NaN', '0', '-0.10', '1.100', '1e-40', '123456789012345678901234567890.5'],
  'numeric(4,0)': ['-9999', '0', '9999'],
  'numeric(9,0)': ['-999999999', '0', '999999999'],
  'numeric(5,2)': ['NaN', '-999.99', '0.10', '0', '999.99'],
  'numeric(12,4)': ['NaN', '-99999999.9999', '0.1000', '99999999.9999'],
  money: ['-92233720368547758.08', '0.01', '92233720368547758.07'],
  boolean: ['t', 'f'],
  text: [...strings, 'NULL', '{}', '\\', '"', '0', 't'],
  'character varying': strings,
  'character varying(5)': strings,
  'character varying(40)': [...strings, 'x'.repeat(40)],
  'character(5)': ['', 'a', 'a   b', 'äääää'],
  'character(9)': ['', 'a', '123456789'],
  name: ['', 'a', 'A', 'x'.repeat(63)],
  '"char"': ['', 'a', '~'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  bytea: ['', '\\x00', '\\xff5c'],
  date: ['-infinity', '4714-11-24 BC', '0001-01-01 BC', '2026-03-29', '294276-12-31', 'infinity'],
  'timestamp without time zone': [...local, '294276-12-31 23:59:59.999999'],
  'timestamp(3) without time zone': local,
  'timestamp with time zone': [...hour, '294276-12-31 23:59:59.999999+00'],
  'timestamp(3) with time zone': hour,
  'time without time zone': [...time, '23:59:59.999999'],
  'time(3) without time zone': time,
  'time with time zone': ['00:00:00+15:59', '24:00:00-15:59', '12:00:00.000001+00'],
  'time(3) with time zone': ['00:00:00+15:59', '24:00:00-15:59', '12:00:00.001+00'],
  interval: ['-178000000 years', '1 mon -1 days +00:00:00.000001', '30 days', '1 mon'],
  'interval day': ['1 day', '-1 mon 1 day'],
  'interval year to month': ['1 year -1 mon', '2 mons'],
  'interval day to second(3)': ['1 day 00:00:00.001', '24:00:00'],
  'interval(3)': ['1 mon -1 days +00:00:00.001', '24:00:00'],
  inet: ['10.0.0.1', '10.0.0.1/8', '::1', '::ffff:1.2.3.4/128', '0.0.0.0/0'],
  cidr: ['10.0.0.0/8', '10.0.0.1/32', '::/0', '::1/128'],
  macaddr: ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '08:00:2b:01:02:03'],
  macaddr8: ['00:00:00:ff:fe:00:00:00', '08:00:2b:01:02:03:04:05'],
  json: ['{"a": 1, "a": 2}', ' [1.0]', 'null', '"\\u00e4"', '1e2'],
  jsonb: ['{"a": 2}', '[1.0]', 'null', '"ä"', '100'],
  xml: ['<a/>', 'a'],
  'bit(1)': ['0', '1'],
  'bit(3)': ['000', '101', '111'],
  'bit varying': ['', '0', '00', '1'],
  'bit varying(3)': ['', '0', '000', '1'],
  'bit varying(8)': ['', '0', '000', '10101010'],
  point: ['(0.1,-0)', '(Infinity,NaN)'],
  box: ['(1,1),(0,0)'],
  circle: ['<(0.1,0),1>'],
  line: ['{1,-1,0}'],
  lseg: ['[(0,0),(1,1)]'],
  path: ['((0,0),(1,1))', '[(0,0),(1,1)]'],
  polygon: ['((0,0),(1,1))'],
  tsvector: ["'a':1A 'b'", ''],
  tsquery: ["'a' & !'b'", ''],
  int4range: ['empty', '[1,2)', '(,)'],
  tstzrange: ['["2026-10-25 00:30:00+00","2026-10-25 01:30:00+00")', 'empty'],
  pg_lsn: ['0/0', 'FFFFFFFF/FFFFFFFF'],
  oid: ['0', '4294967295'],
}

/** Of each type an empty array, null elements, two dimensions and another first subscript. */
const arrays = Object.fromEntries(
  Object.entries(scalars).map(([type, values]) => {
    const elements = values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`)
    const list = (...items: string[]) => `{${items.join(type === 'box' ? ';' : ',')}}`
    const one = list(...elements.slice(0, 1))
    return [`${type}[]`, ['{}', list('NULL', ...elements), list(one, one), `[0:0]=${one}`]]
  }),
)
const values: Readonly<Record<string, readonly string[]>> = { ...scalars, ...arrays }

const types = Object.keys(values)
const pairs = types.flatMap((from) =>
  types
    .filter((to) => from !== to && isLossless({ type: from }, { type: to }))
    .map((to) => ({ from, to })),
)

test.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata'])(
  'each value of a type survives a cast that is taken for lossless, and back; at home in %s',
  async (zone) => {
    const { url, drop } = await createDatabase()
    const lost = await withSql(url, async (sql) => {
      await sql.unsafe(`SET timezone = '${zone}'`)
      const found: string[] = []
      for (const { from, to } of pairs) found.push(...(await lostBetween(sql, from, to)))
      return found
    }).finally(drop)
    expect(lost).toEqual([])
    expect(pairs.length).toBeGreaterThan(500)
  },
)

/** What does not come back from another type by its own way, nor by its text. */
async function lostBetween(sql: Sql, from: string, to: string): Promise<readonly string[]> {
  const column = (type: string) => ({ name: 'x', type })
  const usingOf = (before: string, after: string) =>
    typeChange(column(before), column(after))?.using ?? 'x'
  const list = (values[from] ?? []).map((value) => `('${value.replaceAll("'", "''")}'::${from})`)
  const there = `CREATE TEMP TABLE a ON COMMIT DROP AS SELECT row_number() OVER () AS n, x FROM (VALUES ${list}) v (x);
    CREATE TEMP TABLE b (n bigint, x ${to}) ON COMMIT DROP; INSERT INTO b SELECT n, ${usingOf(from, to)} FROM a`
  const byItsWay = await lostBy(sql, there, from, usingOf(to, from))
  // The cast back may lose something that had arrived.
  const lost = byItsWay.length === 0 ? [] : await lostBy(sql, there, from, `x::text::${from}`)
  return lost.map((what) => `${from} to ${to}: ${what}`)
}

/** Columns convert as ALTER COLUMN has them converted. */
async function lostBy(sql: Sql, there: string, type: string, back: string) {
  try {
    const results: unknown = await sql.unsafe(`BEGIN; ${there};
      CREATE TEMP TABLE c (n bigint, x ${type}) ON COMMIT DROP; INSERT INTO c SELECT n, ${back} FROM b;
      SELECT a.x || ', then ' || c.x AS lost FROM (SELECT n, x::text FROM a) a JOIN (SELECT n, x::text FROM c) c USING (n) WHERE a.x <> c.x;
      COMMIT`)
    return (results as { lost?: string }[][]).flat().flatMap(({ lost }) => lost ?? [])
  } catch (error) {
    await sql.unsafe('ROLLBACK')
    return [(error as Error).message]
  }
}

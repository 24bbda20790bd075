import { expect, test } from 'vitest'
import { rowPieces } from '../../src/script/row-pieces.ts'
import { takes } from '../../src/script/split.ts'

const row = (n: number, more = '') =>
  `(${n}, 'it''s (a) "row", with ); -- in it${more}', f(${n}, (1)))`
const rows = (count: number, more = '') =>
  Array.from({ length: count }, (_, n) => row(n, more)).join(',\n  ')
const pieces = (sql: string) => [...(rowPieces(sql) ?? [])]
const padding = 'x'.repeat(1_000)

test('many rows are cut between two of them, each piece a statement of its own', async () => {
  const sql = `INSERT INTO "s"."t" ("a", b, c) VALUES ${rows(500, padding)} ON CONFLICT (a) DO UPDATE SET (b, c) = (1, 2)`
  const found = pieces(sql)
  expect(found.length).toBeGreaterThan(5)
  expect(Math.max(...found.map(({ length }) => length))).toBeLessThan(70_000)
  for (const piece of found) expect(await takes(piece)).toBe(true)
  expect(found.at(-1)).toMatch(/ON CONFLICT \(a\) DO UPDATE SET \(b, c\) = \(1, 2\)$/)
  expect(found.flatMap((piece) => piece.match(/\(\d+, 'it/g) ?? [])).toHaveLength(500)
})

test.each([
  ['a comma too many', (many: string) => `${many},`],
  ['one too few', (many: string) => `${many} ${many}`],
  ['a row that never ends', (many: string) => `${many}, (1, 2`],
  ['a bracket too many', (many: string) => `${many})`],
  ['a mistake in the middle', (many: string) => `${many}, (1, 2 3), ${many}`],
  ['rows behind what is no row', (many: string) => `${many} ON CONFLICT DO NOTHING, ${many}`],
  ['rows where columns belong', (many: string) => `${many} ON CONFLICT (a) DO UPDATE SET ${many}`],
])('%s is a mistake of one of the pieces', async (_, values) => {
  const found = pieces(`INSERT INTO t VALUES ${values(rows(100, padding))}`)
  expect(await Promise.all(found.map(takes))).toContain(false)
})

test.each([
  'INSERT INTO t SELECT 1',
  'INSERT INTO t DEFAULT VALUES',
  'INSERT INTO t AS u VALUES (1)',
  'UPDATE t SET a = 1',
  'WITH a AS (SELECT 1) INSERT INTO t VALUES (1)',
])('%s has no pieces', (sql) => {
  expect(rowPieces(sql)).toBeNull()
})

test('what is short is one piece, whatever follows its rows', () => {
  const sql = "INSERT INTO t VALUES (1), (2) /* (3) */, ($a$ ( $a$) RETURNING (1), ('(')"
  expect(pieces(sql)).toEqual([sql])
})

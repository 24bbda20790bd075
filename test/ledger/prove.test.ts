import { expect, test } from 'vitest'
import type { LedgerRow } from '../../src/ledger/match-rows.ts'
import { prove } from '../../src/ledger/prove.ts'
import { buildRevisionMap } from '../../src/revision/revision-map.ts'
import type { Script } from '../../src/script/script.ts'

const hash = (letter: string) => letter.repeat(64)

/** A chain a → b → c …, each with its letter as the hash of its file and a time. */
function chain(times: Readonly<Record<string, number>>, own: readonly string[] = []) {
  const ids = Object.keys(times)
  const scripts = ids.map(
    (id, index): Script => ({
      id,
      parents: index === 0 ? [] : [ids[index - 1]!],
      dependsOn: [],
      labels: [],
      file: `/drizzle/000${index}_${id}.sql`,
      kind: 'sql',
      message: id,
      created: null,
      transactional: true,
      irreversible: null,
      compatible: null,
      fresh: null,
      models: null,
      ...(own.includes(id)
        ? {}
        : {
            ledger: {
              tool: 'drizzle',
              name: `000${index}_${id}`,
              when: times[id]!,
              hashes: [hash(id)],
            },
          }),
    }),
  )
  return {
    scripts: new Map(scripts.map((script) => [script.id, script])),
    map: buildRevisionMap(scripts),
  }
}

const row = (letter: string, when: number, name: string | null = null): LedgerRow => ({
  hash: hash(letter),
  when,
  name,
})

const abc = chain({ a: 1_001, b: 2_002, c: 3_003 })
const told = (rows: readonly LedgerRow[], files = abc) => {
  const { revision, problems } = prove(files, 'drizzle', rows)
  return [revision, ...problems.map(({ status, name }) => `${status}: ${name}`)]
}

test('rows for the beginning of the history prove the last of them', () => {
  expect(told([row('a', 1_001)])).toEqual(['a'])
  expect(told([row('a', 1_001), row('b', 2_002)])).toEqual(['b'])
  expect(told([row('a', 1_001), row('b', 2_002), row('c', 3_003)])).toEqual(['c'])
})

test('no row proves nothing', () => {
  expect(told([])).toEqual([null])
})

test('the order in which rows come does not matter', () => {
  expect(told([row('b', 2_002), row('a', 1_001)])).toEqual(['b'])
})

test('what is after the proven one is pending', () => {
  const { findings } = prove(abc, 'drizzle', [row('a', 1_001)])
  expect(findings.map(({ status }) => status)).toEqual(['applied', 'pending', 'pending'])
})

test('a restamped journal is recognised by hashes', () => {
  expect(told([row('a', 1), row('b', 2)])).toEqual(['b'])
})

test('a ledger of drizzle 1.0 names its migrations; times without milliseconds are the same times', () => {
  expect(told([{ hash: '', when: null, name: '0000_a' }])).toEqual(['a'])
  expect(told([{ hash: 'x', when: 1_000, name: null }])).toEqual(['a'])
})

test('a file that was edited after it ran is named', () => {
  expect(told([row('a', 1_001), row('e', 2_002)])).toEqual(['b', 'edited: 0001_b'])
  expect(told([row('e', 1, '0000_a')])).toEqual(['a', 'edited: 0000_a'])
})

test('a gap is a migration that drizzle 0.x never runs again', () => {
  expect(told([row('a', 1_001), row('c', 3_003)])).toEqual(['c', 'skipped: 0001_b'])
})

test('a gap in a ledger with names is only a migration without a row', () => {
  const rows = [row('a', 1_001, '0000_a'), row('c', 3_003, '0002_c')]
  expect(told(rows)).toEqual(['c', 'not recorded: 0001_b'])
})

test('a migration at the end whose time is not after what ran is one that drizzle skips', () => {
  const files = chain({ a: 1_001, b: 9_009, c: 3_003 })
  const { revision, problems } = prove(files, 'drizzle', [row('a', 1_001), row('b', 9_009)])
  expect(revision).toBe('b')
  expect(problems).toMatchObject([
    {
      status: 'skipped',
      name: '0002_c',
      fact: 'It has no row, and drizzle never runs it: its time (3003) is not after that of 0001_b (9009), which is recorded.',
      hint: 'If it never ran: `npx limbeck stamp b`, then `npx limbeck upgrade` runs it. If the database has it all the same: `npx limbeck stamp c`.',
    },
  ])
})

test('it is only pending while something before it is, that drizzle would have run in the same go', () => {
  const files = chain({ a: 5_001, b: 6_002, c: 3_003, d: 7_004 })
  const { revision, findings, problems } = prove(files, 'drizzle', [row('a', 5_001)])
  expect([revision, problems]).toEqual(['a', []])
  expect(findings.map(({ status }) => status)).toEqual(['applied', 'pending', 'pending', 'pending'])
  expect(told([row('a', 5_001), row('b', 6_002)], files)).toEqual(['b', 'skipped: 0002_c'])
  expect(told([row('a', 5_001), row('b', 6_002), row('d', 7_004)], files)).toEqual([
    'd',
    'skipped: 0002_c',
  ])
})

test('what counts is the time in the ledger, not that of a journal that was restamped since', () => {
  const files = chain({ a: 1_001, b: 2_002, c: 3_003 })
  expect(told([row('a', 1_001), row('b', 9_009)], files)).toEqual(['b', 'skipped: 0002_c'])
})

test('a row without a file is named', () => {
  expect(told([row('a', 1_001), row('f', 7)])).toEqual(['a', 'no file: ffffffffffff'])
})

test('two rows of one migration are told, and prove it all the same', () => {
  const { revision, findings, problems } = prove(abc, 'drizzle', [row('a', 1_001), row('a', 1_001)])
  expect([revision, problems, findings[0]?.status]).toEqual(['a', [], 'ran twice'])
})

test('migrations of the same text are told apart by time, else by the order of the rows', () => {
  const files = chain({ a: 1_001, b: 2_002, c: 3_003 })
  const scripts = new Map(
    [...files.scripts].map(([id, script]) => [
      id,
      { ...script, ledger: { ...script.ledger!, hashes: [hash('0')] } },
    ]),
  )
  expect(told([row('0', 1_001), row('0', 2_002)], { ...files, scripts })).toEqual(['b'])
  expect(told([row('0', 5), row('0', 6)], { ...files, scripts })[0]).toBe('b')
})

test("a revision of Limbeck's own between recorded ones is not proven by them", () => {
  const files = chain({ a: 1_001, b: 2_002, c: 3_003 }, ['b'])
  expect(told([row('a', 1_001), row('c', 3_003)], files)).toEqual(['c', 'not in the ledger: b'])
})

test("revisions of Limbeck's own behind the history are pending and no matter of the ledger", () => {
  const files = chain({ a: 1_001, b: 2_002, c: 3_003 }, ['c'])
  expect(told([row('a', 1_001), row('b', 2_002)], files)).toEqual(['b'])
})

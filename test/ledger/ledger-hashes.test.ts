import { expect, test } from 'vitest'
import { ledgerHashes } from '../../src/authoring/import/ledger-hashes.ts'

// Recorded of graphile-migrate 1.4.1: of the first file, and of the second one behind it.
const first = 'sha1:8671ccbfdfc7fcea9462e2e9aead8f4d7d520cce'
const second = 'sha1:e5fbe7d485e52035165f7431d5dc12d010d75efd'
const file = (n: number, head: string, more = '') =>
  `--! Previous: ${n === 1 ? '-' : first}\n--! Hash: ${n === 1 ? first : second}\n${head}\nCREATE TABLE t${n} (id integer PRIMARY KEY);${more}\n`
const hashes = (text: string) =>
  ledgerHashes('graphile-migrate', '000001.sql', Buffer.from(text), text)

test('an edited file of graphile-migrate has another hash than its header says', () => {
  expect([1, 2].map((n) => hashes(file(n, '')))).toEqual([[first], [second]])
  expect(hashes(file(1, '', ' -- more'))).not.toContain(first)
  expect(hashes(file(1, '--! Message: one\n'))).toEqual([first])
  expect(hashes(file(2, '').replaceAll('\n', '\r\n'))).toContain(second)
  expect(hashes(file(1, '--! AllowInvalidHash\n', ' -- more'))).toEqual([first])
  expect(hashes('CREATE TABLE t1 (id int);')).toEqual([])
})

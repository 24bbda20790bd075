import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readSqlBodies } from '../../src/script/bodies.ts'
import { splitAtBreakpoints } from '../../src/script/drizzle-folder.ts'
import { readRevisionNames } from '../../src/script/revision-files.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { rootFolder } from '../support/root-folder.ts'
import { sqlText } from './revision-folder.ts'

const users =
  'CREATE TABLE users (id int);\n--> statement-breakpoint\nCREATE INDEX i ON users (id);'
const posts = 'CREATE TABLE posts (id int)'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function folder(files: Readonly<Record<string, string>>): string {
  const root = rootFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const journal = (...entries: readonly (readonly [tag: string, when: number])[]) =>
  JSON.stringify({
    version: '7',
    dialect: 'postgresql',
    entries: entries.map(([tag, when], idx) => ({
      idx,
      version: '7',
      when,
      tag,
      breakpoints: true,
    })),
  })

const old = (tail: Readonly<Record<string, string>> = {}) =>
  folder({
    'meta/_journal.json': journal(
      ['0000_users', 1_700_000_000_000],
      ['0001_posts', 1_700_000_001_234],
    ),
    'meta/0000_snapshot.json': '{}',
    '0000_users.sql': users,
    '0001_posts.sql': posts,
    ...tail,
  })

test('a journal is a chain of revisions in its order, named by what is in the files', async () => {
  const { scripts, map } = await loadRevisions([old({ 'notes.sql': 'SELECT 1' })])
  expect([...scripts.values()].map(({ id, parents, message }) => [id, parents, message])).toEqual([
    [sha256(users).slice(0, 12), [], '0000_users'],
    [sha256(posts).slice(0, 12), [sha256(users).slice(0, 12)], '0001_posts'],
  ])
  expect(map.effectiveHeads).toEqual([sha256(posts).slice(0, 12)])
  const [first] = scripts.values()
  expect(first?.created).toBe('2023-11-14T22:13:20Z')
  expect(first?.ledger).toMatchObject({
    tool: 'drizzle',
    name: '0000_users',
    when: 1_700_000_000_000,
  })
  expect(first?.ledger?.hashes[0]).toBe(sha256(users))
})

test('the folders of drizzle-kit 1.0 are a chain by their names', async () => {
  const root = folder({
    '20261122061702_posts/migration.sql': posts,
    '20261122061702_posts/snapshot.json': '{}',
    '20261121061702_users/migration.sql': users,
    '20261121061702_users/snapshot.json': '{}',
  })
  const { scripts } = await loadRevisions([root])
  expect([...scripts.values()].map(({ message, parents }) => [message, parents.length])).toEqual([
    ['20261121061702_users', 0],
    ['20261122061702_posts', 1],
  ])
  expect([...scripts.values()][0]?.ledger?.when).toBe(Date.UTC(2026, 10, 21, 6, 17, 2))
})

test('line ends of the checkout change neither the id nor what a ledger is recognised by', async () => {
  const crlf = folder({
    'meta/_journal.json': journal(['0000_users', 1]).replaceAll(',', ',\r\n'),
    '0000_users.sql': users.replaceAll('\n', '\r\n'),
  })
  const lf = folder({ 'meta/_journal.json': journal(['0000_users', 1]), '0000_users.sql': users })
  const [one] = (await loadRevisions([crlf])).scripts.values()
  const [other] = (await loadRevisions([lf])).scripts.values()
  expect(one?.id).toBe(other?.id)
  expect(one?.ledger?.hashes.toSorted()).toEqual(other?.ledger?.hashes.toSorted())
})

test('migrations of the same text are different revisions', async () => {
  const root = folder({
    'meta/_journal.json': journal(['0000_a', 1], ['0001_b', 2], ['0002_c', 3]),
    '0000_a.sql': '-- Custom SQL migration file, put your code below! --',
    '0001_b.sql': '-- Custom SQL migration file, put your code below! --',
    '0002_c.sql': '-- Custom SQL migration file, put your code below! --',
  })
  expect((await loadRevisions([root])).scripts.size).toBe(3)
})

test('revisions of an own folder go on from the end of the history', async () => {
  const head = sha256(posts).slice(0, 12)
  const own = folder({ 'aaa_x.sql': sqlText(['revision: aaa', `revises: ${head}`]) })
  const { map } = await loadRevisions([old(), own])
  expect(map.effectiveHeads).toEqual(['aaa'])
})

test('a body is cut at the breakpoints and by the grammar, with the lines of the file', async () => {
  const [script] = (await loadRevisions([old()])).scripts.values()
  const { upgrade, downgrade } = await readSqlBodies(script!)
  expect(upgrade.map(({ sql, line }) => [line, sql])).toEqual([
    [1, 'CREATE TABLE users (id int)'],
    [3, 'CREATE INDEX i ON users (id)'],
  ])
  expect(downgrade).toEqual([])
})

test('statements need no semicolon before a breakpoint, and a marker in a function body is none', () => {
  const text =
    "SELECT 1\n--> statement-breakpoint\nCREATE FUNCTION f() RETURNS text AS $$\n--> statement-breakpoint\nSELECT ''\n$$ LANGUAGE sql;--> statement-breakpoint\nSELECT 2"
  expect(splitAtBreakpoints(text).map(({ firstLine }) => firstLine)).toEqual([1, 2, 6])
})

test('what PostgreSQL runs outside of a transaction only is run so; the word alone in a comment is not enough', async () => {
  const root = folder({
    'meta/_journal.json': journal(['0000_a', 1], ['0001_b', 2], ['0002_c', 3]),
    '0000_a.sql': '-- not concurrently\nCREATE TABLE t (id int)',
    '0001_b.sql': 'CREATE INDEX CONCURRENTLY i ON t (id)',
    '0002_c.sql': 'CREATE FUNCTION f() RETURNS void AS $$ BEGIN END $$ LANGUAGE plpgsql',
  })
  const { scripts } = await loadRevisions([root])
  expect([...scripts.values()].map(({ transactional }) => transactional)).toEqual([
    true,
    false,
    true,
  ])
})

test.each([
  ['CREATE INDEX CONCURRENTLY', 'CREATE INDEX CONCURRENTLY i ON t (id)', false],
  ['BEGIN behind a breakpoint', 'SELECT 1\n--> statement-breakpoint\nBEGIN; COMMIT', false],
  ['START TRANSACTION', 'START TRANSACTION; SELECT 1; END', false],
  ['ALTER SYSTEM', "ALTER SYSTEM SET work_mem = '1MB'", false],
  ['REINDEX SCHEMA', 'SELECT 1;\nREINDEX SCHEMA public', false],
  ['CREATE DATABASE', 'CREATE DATABASE d', false],
  ['REINDEX TABLE', 'REINDEX TABLE t', true],
  [
    'a setting beside a column named begin',
    "SET work_mem = '1MB'; ALTER TABLE t ADD begin int",
    true,
  ],
  ['PREPARE of a statement', 'PREPARE p AS SELECT 1', true],
  ['CASE … END', 'UPDATE t SET id = CASE WHEN id = 1 THEN 2 END', true],
])('%s decides whether a migration has a transaction of its own', async (_, sql, transactional) => {
  const root = folder({ 'meta/_journal.json': journal(['0000_a', 1]), '0000_a.sql': sql })
  const [script] = (await loadRevisions([root])).scripts.values()
  expect(script?.transactional).toBe(transactional)
})

test.each([
  // drizzle begins before the first statement.
  [
    'CREATE INDEX CONCURRENTLY',
    'CREATE INDEX CONCURRENTLY i ON t (id);\n--> statement-breakpoint\nCOMMIT',
    1,
  ],
  ['SET LOCAL', "VACUUM;\n--> statement-breakpoint\nSET LOCAL work_mem = '1MB'", 3],
  ['PREPARE TRANSACTION', "SELECT 1;\nPREPARE TRANSACTION 'x'", 2],
  ['VACUUM', 'BEGIN;\nVACUUM;\nCOMMIT', 2],
  ['SELECT pg_advisory_unlock_all()', 'SELECT pg_advisory_unlock_all()', 1],
  ['DISCARD ALL', 'VACUUM;\nDISCARD ALL', 2],
])('%s that has no meaning where it stands is refused with its line', async (word, sql, line) => {
  const root = folder({ 'meta/_journal.json': journal(['0000_a', 1]), '0000_a.sql': sql })
  const [script] = (await loadRevisions([root])).scripts.values()
  await expect(readSqlBodies(script!)).rejects.toMatchObject({
    code: 'LIMBECK_INVALID_FILE',
    message: expect.stringContaining(`"${word}`),
    details: { line },
  })
})

test.each([
  ['COMMIT;\nVACUUM', ['BEGIN', 'COMMIT', 'VACUUM']],
  [
    'SELECT 1;\n--> statement-breakpoint\nBEGIN;\nSELECT 2',
    ['SELECT 1', 'BEGIN', 'SELECT 2', 'COMMIT'],
  ],
  [
    'COMMIT;\nVACUUM;\nBEGIN;\nSELECT 1',
    ['BEGIN', 'COMMIT', 'VACUUM', 'BEGIN', 'SELECT 1', 'COMMIT'],
  ],
  ['BEGIN;\nSELECT 1;\nCOMMIT', ['BEGIN', 'SELECT 1', 'COMMIT']],
])('%j leans on the transaction that drizzle begins and commits', async (sql, statements) => {
  const root = folder({ 'meta/_journal.json': journal(['0000_a', 1]), '0000_a.sql': sql })
  const [script] = (await loadRevisions([root])).scripts.values()
  const { upgrade } = await readSqlBodies(script!)
  expect(upgrade.map((statement) => statement.sql)).toEqual(statements)
})

test('a file that the journal lists and that is gone is named', async () => {
  const root = folder({ 'meta/_journal.json': journal(['0000_gone', 1]) })
  await expect(loadRevisions([root])).rejects.toMatchObject({
    code: 'LIMBECK_INVALID_FILE',
    message: '_journal.json: lists 0000_gone, but there is no file 0000_gone.sql',
  })
})

test('a journal with the markers of a merge says so', async () => {
  const root = folder({ 'meta/_journal.json': '<<<<<<< HEAD\n{}\n=======\n' })
  await expect(loadRevisions([root])).rejects.toMatchObject({
    details: { hint: expect.stringContaining('merge conflict') },
  })
})

test('a folder for another database is refused', async () => {
  const root = folder({ 'meta/_journal.json': '{"dialect":"sqlite","entries":[]}' })
  await expect(loadRevisions([root])).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
})

test('a new entry in the journal is another state of the folder, although its file was there before', async () => {
  const root = old()
  const before = await readRevisionNames([root])
  expect((await loadRevisions([root])).fingerprint).toBe(before.fingerprint)
  writeFileSync(join(root, '0002_more.sql'), 'SELECT 1')
  expect((await readRevisionNames([root])).fingerprint).toBe(before.fingerprint)
  writeFileSync(
    join(root, 'meta/_journal.json'),
    journal(['0000_users', 1], ['0001_posts', 2], ['0002_more', 3]),
  )
  expect((await readRevisionNames([root])).fingerprint).not.toBe(before.fingerprint)
})

test.each([
  ['breakpoints in the file', { '0000_users.sql': users }],
  ['snapshots beside it', { '0000_posts.sql': posts, 'meta/0000_snapshot.json': '{}' }],
])('a folder whose journal was not deployed is told by %s', async (_, files) => {
  await expect(loadRevisions([folder(files as Record<string, string>)])).rejects.toMatchObject({
    code: 'LIMBECK_INVALID_FILE',
    message: expect.stringContaining('meta/_journal.json is not beside it'),
    details: { hint: expect.stringContaining('.dockerignore') },
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LimbeckError } from '../../src/errors.ts'
import { readSqlBodies } from '../../src/script/bodies.ts'
import { readScript } from '../../src/script/script-directory.ts'
import { revisionFolder, sqlText } from './revision-folder.ts'

const BASE = ['revision: aaa', 'revises:']

async function bodiesOf(text: string | Uint8Array) {
  const file = join(await revisionFolder(), 'aaa.sql')
  await writeFile(file, text)
  return await readSqlBodies(await readScript(file))
}

async function refusal(text: string | Uint8Array) {
  const error = await bodiesOf(text).catch((caught) => caught)
  expect(error).toBeInstanceOf(LimbeckError)
  const { code, message, details } = error as LimbeckError
  return { code, message, line: details.line, hint: details.hint, statement: details.statement }
}

describe('the bodies of a .sql revision', () => {
  test('are split into statements with their lines', async () => {
    const bodies = await bodiesOf(
      sqlText(BASE, '-- é\nSELECT 1;\n\n  /* c */ SELECT 2', 'SELECT 3; SELECT 4;'),
    )
    expect(bodies.upgrade).toEqual([
      { sql: 'SELECT 1', line: 8, kind: { is: 'plain' } },
      { sql: 'SELECT 2', line: 10, kind: { is: 'plain' } },
    ])
    expect(bodies.downgrade.map(({ sql, line }) => [sql, line])).toEqual([
      ['SELECT 3', 13],
      ['SELECT 4', 13],
    ])
    expect(bodies.downgradeSql).toBe('SELECT 3; SELECT 4;')
    expect(bodies.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('of an empty skeleton, with or without comments, are both empty', async () => {
    for (const text of [sqlText(BASE, '', ''), sqlText(BASE, '-- later', '/* later */')]) {
      expect(await bodiesOf(text)).toMatchObject({ upgrade: [], downgrade: [] })
    }
    const bare = '-- m\n--\n-- revision: aaa\n-- revises:\n-- +upgrade\n-- +downgrade'
    expect(await bodiesOf(bare)).toMatchObject({ upgrade: [], downgrade: [], downgradeSql: '' })
  })

  test('need no downgrade when the revision is irreversible', async () => {
    const head = [...BASE, 'irreversible: gone']
    const [without] = sqlText(head).split('-- +downgrade')
    for (const text of [without ?? '', sqlText(head, 'SELECT 1;', '')]) {
      expect((await bodiesOf(text)).downgrade).toEqual([])
    }
  })

  test('are the same from a CRLF checkout with a BOM', async () => {
    const text = sqlText(BASE, "SELECT 'a\nb';\nSELECT 2;")
    const windows = `\uFEFF${text.replaceAll('\n', '\r\n')}`
    expect(await bodiesOf(windows)).toEqual(await bodiesOf(text))
  })

  test('do not end at a marker inside a body, a string, a name or a comment', async () => {
    const marker = '\n-- +downgrade\n'
    const upgrade = [
      `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$${marker}BEGIN END $x$;`,
      `SELECT '${marker}';`,
      `SELECT E'\\'${marker}';`,
      `SELECT 1 AS "${marker}";`,
      `/* ${marker} /* nested */ ${marker} */`,
      'SELECT 1; -- +downgrade',
    ]
    const bodies = await bodiesOf(sqlText(BASE, upgrade.join('\n')))
    expect(bodies.upgrade).toHaveLength(5)
    expect(bodies.downgradeSql).toBe('DROP TABLE t;')
  })

  test.each([
    [sqlText(BASE).split('-- +downgrade')[0], 7, 'without a "-- +downgrade" marker'],
    [sqlText(BASE, 'SELECT 1;', '-- nothing yet'), 9, 'the downgrade of this upgrade is empty'],
    [sqlText(BASE, "SELECT 'a;"), 7, 'the string that begins here never ends'],
    [sqlText(BASE, 'SELECT "a;'), 7, 'the identifier that begins here never ends'],
    [sqlText(BASE, 'DO $$ BEGIN'), 7, 'the string that begins here never ends'],
    [sqlText(BASE, 'SELECT 1;\n/* a /* b */'), 8, 'the block comment that begins here never ends'],
    [sqlText(BASE, 'CREATE TABLE a (\n  b int'), 8, 'ends in the middle of a statement'],
    [sqlText(BASE, 'SELECT 1;', 'ALTER TABLE a DROP'), 10, 'ends in the middle of a statement'],
    [sqlText(BASE, '-- +downgrade'), 9, 'a second "-- +downgrade"'],
    [sqlText(BASE, '-- +upgrade'), 7, 'a second "-- +upgrade"'],
    [sqlText(BASE, '-- +Downgrade'), 7, '"-- +Downgrade" is not a marker'],
    [sqlText(BASE, '--+ down'), 7, '"--+ down" is not a marker'],
    [sqlText(BASE, 'SELECT 1;\nBEGIN;'), 8, '"BEGIN" would end or begin the transaction'],
    [sqlText(BASE, 'VACUUM t;'), 7, '"VACUUM t" cannot run inside a transaction'],
    [sqlText(BASE, 'SELECT 1;', 'DROP INDEX CONCURRENTLY i'), 10, 'inside a transaction'],
    [sqlText(BASE, 'SELECT 1;\0'), 7, 'holds a NUL character'],
    [Buffer.from(sqlText(BASE, "SELECT 'é';"), 'latin1'), undefined, 'is not UTF-8'],
  ])('refuse %j', async (text = '', line, fact) => {
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_FILE', line })
    expect(error.message).toContain(fact)
    expect(error.hint).toBeTruthy()
  })

  test('tell where SQL is wrong, and keep what PostgreSQL says', async () => {
    expect(await refusal(sqlText(BASE, "SELECT '😀';\nSELEC 1;"))).toMatchObject({
      code: 'LIMBECK_SQL_SYNTAX',
      message: 'aaa.sql:8: syntax error at or near "SELEC"',
      line: 8,
      statement: 'SELEC 1',
    })
  })

  test('may hold what needs no transaction when the head says so', async () => {
    const head = [...BASE, 'transaction: none']
    const bodies = await bodiesOf(sqlText(head, 'CREATE INDEX CONCURRENTLY i ON t (a);'))
    expect(bodies.upgrade[0]?.kind.is).toBe('concurrent-index')
  })

  test('are not read when the file has become another revision', async () => {
    const folder = await revisionFolder({ 'aaa.sql': sqlText(BASE) })
    const script = await readScript(join(folder, 'aaa.sql'))
    const text = await readFile(script.file, 'utf8')
    await writeFile(script.file, text.replace('revises:', 'revises: other'))
    await expect(readSqlBodies(script)).rejects.toMatchObject({ code: 'LIMBECK_INVALID_FILE' })
  })
})

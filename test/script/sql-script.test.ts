import { describe, expect, test } from 'vitest'
import { LimbeckError } from '../../src/errors.ts'
import { parseSqlHeader } from '../../src/script/sql-script.ts'
import { sqlText } from './revision-folder.ts'

const FILE = '/migrations/aaa_add_t.sql'
const BASE = ['revision: aaa', 'revises:']

const read = (text: string, file = FILE) => parseSqlHeader(file, text).script

function refusal(text: string, file = FILE) {
  try {
    read(text, file)
  } catch (error) {
    if (error instanceof LimbeckError) {
      const { line, hint } = error.details
      return { code: error.code, message: error.message, line, hint }
    }
    throw error
  }
  throw new Error('the file was accepted')
}

describe('the head of a .sql revision', () => {
  test('gives a base everything that is not written its default', () => {
    expect(read(sqlText(BASE))).toEqual({
      id: 'aaa',
      parents: [],
      dependsOn: [],
      labels: [],
      file: FILE,
      kind: 'sql',
      message: 'Add t',
      created: null,
      transactional: true,
      irreversible: null,
      compatible: null,
      fresh: null,
      models: null,
    })
  })

  test('has every key read', () => {
    const head = [
      'revision: aaa',
      'revises: b1, b2',
      'created: 2026-11-21T02:03:04Z',
      'labels: x, y',
      'depends-on: c1',
      'transaction: none',
      'irreversible: the rows are gone',
      'compatible: no',
    ]
    expect(read(sqlText(head))).toMatchObject({
      parents: ['b1', 'b2'],
      created: '2026-11-21T02:03:04Z',
      labels: ['x', 'y'],
      dependsOn: ['c1'],
      transactional: false,
      irreversible: 'the rows are gone',
      compatible: false,
    })
    expect(read(sqlText([...BASE, 'fresh: run', 'compatible: yes']))).toMatchObject({
      fresh: 'run',
      compatible: true,
    })
  })

  test('may hold prose between the message and the keys', () => {
    const text = sqlText(['Because of the audit.', 'Note: see the ticket.', '', ...BASE])
    expect(read(text)).toMatchObject({ id: 'aaa', message: 'Add t' })
  })

  test('may have no message', () => {
    const text = '-- revision: aaa\n-- revises: b\n-- +upgrade\n-- +downgrade\n'
    expect(read(text)).toMatchObject({ id: 'aaa', parents: ['b'], message: '' })
  })

  test('takes its first line for the message even when it looks like a key or a marker', () => {
    for (const message of ['revision: zzz', 'revises: zzz', '+upgrade', '-- x', 'labels: a']) {
      expect(read(sqlText(BASE).replace('-- Add t', `-- ${message}`))).toMatchObject({
        id: 'aaa',
        parents: [],
        message,
      })
    }
  })

  test('finds the id anywhere in the file name as a word of its own', () => {
    expect(read(sqlText(BASE), '/m/2026_11_21-aaa_add.sql').id).toBe('aaa')
    expect(read(sqlText(BASE), '/m/aaa.sql').id).toBe('aaa')
    expect(refusal(sqlText(BASE), '/m/aaab_add.sql')).toMatchObject({
      line: 3,
      message: 'aaab_add.sql:3: the file name does not hold the revision "aaa"',
    })
  })

  test.each([
    ['', 1, 'is empty'],
    ['\n \n', 1, 'is empty'],
    ['CREATE TABLE t ();\n', 1, 'has no header comment'],
    ['-- only a comment\nSELECT 1;\n', 1, 'has no header comment'],
    ['-- only a comment\n', 1, 'has no header comment'],
    ['-- +upgrade\nSELECT 1;\n', 1, 'has no header comment'],
    ['-- m\n-- +upgrade\nSELECT 1;\n', 1, 'has no header comment'],
    ['-- m\n--\n-- revision: aaa\n-- revises:\n', 4, 'without a "-- +upgrade" marker'],
    ['-- m\n--\n-- revision: aaa\n-- revises:\nSELECT 1;\n', 5, 'SQL before the "-- +upgrade"'],
    [sqlText(['revises: b']), 1, 'has no "revision:"'],
    [sqlText(['revision:', 'revises: b']), 3, 'has no "revision:"'],
    [sqlText(['revision: aaa']), 3, 'has no "revises:"'],
    [sqlText([...BASE, 'revision: bbb']), 5, '"revision:" is given twice, first in line 3'],
    [sqlText(['revision: a a', 'revises:']), 3, '"a a" is not a single name'],
    [sqlText(['revision: aaa', 'revises: b,,c']), 4, '"" is not a single name'],
    [sqlText(['revision: aaa', 'revises: b, b']), 4, '"b" is given twice'],
    [sqlText(['revision: aaa', 'revises: b   (a base)']), 4, 'is not a single name'],
    [sqlText([...BASE, 'created: yesterday']), 5, '"yesterday" is not a date'],
    [sqlText([...BASE, 'created: 2026-13-45']), 5, 'is not a date'],
    [sqlText([...BASE, 'transaction: off']), 5, '"off" is not a value of "transaction:"'],
    [sqlText([...BASE, 'compatible: true']), 5, '"true" is not a value of "compatible:"'],
    [sqlText([...BASE, 'fresh: yes']), 5, '"yes" is not a value of "fresh:"'],
    [sqlText([...BASE, 'irreversible:']), 5, '"irreversible:" has no value'],
    [sqlText([...BASE, 'labels:']), 5, '"labels:" has no value'],
    [sqlText([...BASE, 'fresh: run', 'transaction: none']), 6, 'exclude each other'],
    [sqlText([...BASE, 'owner: me']), 5, 'unknown key "owner"'],
    [sqlText([...BASE, 'some prose']), 5, '"some prose" is not a key'],
  ])('refuses %j', (text, line, fact) => {
    const error = refusal(text)
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_FILE', line })
    expect(error.message).toContain(fact)
    expect(error.message).toMatch(/^aaa_add_t\.sql:\d+: /)
    expect(error.hint).toBeTruthy()
  })

  test.each([
    ['revison: aaa', 'revision:'],
    ['Revision ID: aaa', 'revision:'],
    ['down_revision: b', 'revises:'],
    ['Revises: b', 'revises:'],
    ['depends_on: b', 'depends-on:'],
    ['label: b', 'labels:'],
    ['transactoin: none', 'transaction:'],
    ['Create Date: 2026-01-01', 'created:'],
  ])('asks what was meant by "%s"', (line, meant) => {
    expect(refusal(sqlText([line, ...BASE])).hint).toBe(`Did you mean "${meant}"?`)
  })
})

test.each(['', '-- a\n--\n-- revision: a1\n'])(
  'the markers of a merge conflict are called that: %j',
  (head) => {
    const text = `${head}<<<<<<< HEAD\n-- b\n=======\n-- c\n>>>>>>> other\n`
    expect(refusal(text).message).toContain('holds the markers of a merge conflict')
  },
)

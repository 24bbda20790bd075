import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSqlBodies } from '../../src/script/bodies.ts'
import { fileName, slugOf } from '../../src/script/file-name.ts'
import { readScript } from '../../src/script/script-directory.ts'
import { oneLine, type RevisionText, renderRevision } from '../../src/script/template.ts'
import { writeRevision } from '../../src/script/write.ts'
import { seeded } from '../support/seeded.ts'
import { revisionFolder } from './revision-folder.ts'

const NEW: RevisionText = {
  id: '4c1d0e8a9b77',
  message: 'Add status column to data_products',
  parents: ['3135632d55e1'],
  created: '2026-11-21T02:03:04Z',
}

async function writeAndRead(kind: 'sql' | 'ts', revision: RevisionText) {
  const folder = await revisionFolder()
  const name = fileName(revision.id, revision.message, { kind })
  const file = await writeRevision(folder, name, renderRevision(kind, revision))
  expect(await readdir(folder)).toEqual([name])
  const script = await readScript(file)
  if (kind === 'sql') await readSqlBodies(script)
  return script
}

describe('a new revision file', () => {
  test('in SQL looks like the design', () => {
    const bodies = { upgrade: 'ALTER TABLE a;\n', downgrade: '\r\nALTER TABLE b;' }
    expect(renderRevision('sql', { ...NEW, ...bodies })).toBe(`\
-- Add status column to data_products
--
-- revision: 4c1d0e8a9b77
-- revises: 3135632d55e1
-- created: 2026-11-21T02:03:04Z

-- +upgrade
ALTER TABLE a;

-- +downgrade
ALTER TABLE b;
`)
  })

  test('in SQL without bodies is a skeleton', () => {
    expect(renderRevision('sql', { id: 'aaa', message: '', parents: [] })).toBe(`\
-- empty message
--
-- revision: aaa
-- revises:

-- +upgrade

-- +downgrade
`)
  })

  test('in TypeScript is a skeleton that compiles', () => {
    expect(renderRevision('ts', { ...NEW, labels: ["it's"] })).toBe(`\
// Add status column to data_products
//
// created: 2026-11-21T02:03:04Z

import type { RevisionContext } from 'limbeck'

export const revision = '4c1d0e8a9b77'
export const downRevision = '3135632d55e1'
export const labels = ['it\\'s']

export async function upgrade(_ctx: RevisionContext): Promise<void> {}

export async function downgrade(_ctx: RevisionContext): Promise<void> {}
`)
  })

  test.each(['sql', 'ts'] as const)('in %s reads back as what it was made from', async (kind) => {
    const revision = {
      ...NEW,
      parents: ['b1', 'b2'],
      labels: ['x', 'y'],
      dependsOn: ['c1'],
      transactional: false,
      irreversible: "it's\ngone",
      compatible: false,
    }
    expect(await writeAndRead(kind, revision)).toMatchObject({
      ...revision,
      irreversible: "it's gone",
      fresh: null,
      kind,
    })
    for (const fresh of ['before', 'run', 'skip'] as const) {
      const seed = { ...NEW, fresh, models: '0123456789abcdef', compatible: true, parents: [] }
      expect(await writeAndRead(kind, seed)).toMatchObject({
        fresh,
        models: '0123456789abcdef',
        compatible: true,
        parents: [],
        transactional: true,
      })
    }
  })

  test.each(['sql', 'ts'] as const)('in %s survives any message', async (kind) => {
    const hostile = [
      '\n-- revision: zzz',
      '\u2028export const revision = 1',
      'revision: zzz',
      '-- +upgrade',
      '+upgrade',
      '*/ /*',
      '`${',
      "'",
      '../../etc/passwd',
      '\0',
      '\ufeff',
      '\ud800',
      'created: now',
      '$$',
      '-',
      '/',
    ]
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile))
    const message = fc.array(text, { maxLength: 4 }).map((parts) => parts.join(' '))
    await fc.assert(
      fc.asyncProperty(message, async (typed) => {
        const script = await writeAndRead(kind, { ...NEW, message: typed })
        expect(script).toMatchObject({
          id: NEW.id,
          parents: NEW.parents,
          created: NEW.created,
          message: oneLine(typed) || 'empty message',
        })
      }),
      { ...seeded, numRuns: 100 },
    )
  })

  test('refuses names that a head cannot hold', () => {
    for (const name of ['', 'a b', 'a,b', 'a\nb', '\u0000']) {
      for (const part of [{ id: name }, { parents: [name] }, { labels: [name] }]) {
        expect(() => renderRevision('sql', { ...NEW, ...part })).toThrow(
          expect.objectContaining({ code: 'LIMBECK_ILLEGAL_REVISION' }),
        )
      }
    }
  })
})

describe('the name of a new file', () => {
  test.each([
    ['Add status column', 'aaa_add_status_column.sql'],
    ['', 'aaa.sql'],
    ['!?', 'aaa.sql'],
    ['../../etc/passwd', 'aaa_etc_passwd.sql'],
    ["it's 1 Größe", 'aaa_it_s_1_größe.sql'],
    ['add a status column to the data products table', 'aaa_add_a_status_column_to_the_data.sql'],
    ['x'.repeat(60), `aaa_${'x'.repeat(40)}.sql`],
  ])('for %j is %s', (message, name) => {
    expect(fileName('aaa', message)).toBe(name)
  })

  test('follows a template and a slug length', () => {
    const created = '2026-01-02T03:04:05+01:00'
    const template = '%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s'
    const options = { kind: 'ts', template, created, slugLength: 8 } as const
    expect(fileName('aaa', 'add the thing', options)).toBe('2026_01_02_0304-aaa_add_the.ts')
    expect(fileName('aaa', 'x', { template: '%(epoch)s_%(rev)s', created })).toBe(
      '1767319445_aaa.sql',
    )
    expect(slugOf('one two', 3)).toBe('one')
  })

  test.each([
    '%(slug)s',
    'x%(rev)s',
    '%(rev)s/%(slug)s',
    '.%(rev)s',
    '%(rev)s_%(nope)s',
    '%(rev)q',
  ])('refuses the template %s', (template) => {
    expect(() => fileName('aaa', 'm', { template })).toThrow(
      expect.objectContaining({ code: 'LIMBECK_INVALID_OPTION' }),
    )
  })

  test.each(['', '..', '../a', 'a/b', 'a\\b', '.a', '-a', 'a b', 'a\nb', 'C:a', 'a'.repeat(300)])(
    'refuses the id %j',
    (id) => {
      expect(() => fileName(id, 'm')).toThrow(
        expect.objectContaining({ code: 'LIMBECK_ILLEGAL_REVISION' }),
      )
    },
  )
})

describe('writing a file', () => {
  test('never overwrites', async () => {
    const folder = await revisionFolder({ 'aaa.sql': 'mine' })
    await expect(writeRevision(folder, 'aaa.sql', 'new')).rejects.toMatchObject({
      code: 'LIMBECK_FILE_EXISTS',
      details: { file: join(folder, 'aaa.sql') },
    })
    expect(await readFile(join(folder, 'aaa.sql'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['aaa.sql'])
  })

  test('by many at once lets exactly one through, whole', async () => {
    const folder = await revisionFolder()
    const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(100_000))
    const results = await Promise.allSettled(
      texts.map((text) => writeRevision(folder, 'aaa.sql', text)),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(texts).toContain(await readFile(join(folder, 'aaa.sql'), 'utf8'))
    expect(await readdir(folder)).toEqual(['aaa.sql'])
  })

  test('needs the folder', async () => {
    const folder = await revisionFolder()
    await expect(writeRevision(join(folder, 'gone'), 'a.sql', '')).rejects.toMatchObject({
      code: 'LIMBECK_FOLDER_MISSING',
    })
  })

  test('stays in the folder', async () => {
    const folder = await revisionFolder()
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'keep'), '')
    for (const name of ['../a.sql', '/tmp/a.sql', 'a/b.sql', '..', '.a.sql', 'a\\b.sql', '']) {
      await expect(writeRevision(join(folder, 'in'), name, '')).rejects.toThrow(TypeError)
    }
    expect((await readdir(folder)).toSorted()).toEqual(['in', 'keep'])
  })
})

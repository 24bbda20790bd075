import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadRevisions } from '../../src/script/revisions.ts'
import { readScripts } from '../../src/script/script-directory.ts'
import { revisionFolder, sqlText, tsText } from './revision-folder.ts'

const sql = (id: string, ...revises: string[]) =>
  sqlText([`revision: ${id}`, `revises: ${revises.join(', ')}`])
const ids = async (...folders: string[]) => (await readScripts(folders)).map(({ id }) => id)

describe('a revision folder', () => {
  test('gives its .sql and .ts revisions by name', async () => {
    const folder = await revisionFolder({
      'ccc_x.sql': sql('ccc', 'aaa'),
      'aaa_x.ts': tsText(),
      'bbb.sql': sql('bbb', 'aaa'),
    })
    const scripts = await readScripts([folder])
    expect(scripts.map(({ id, kind }) => [id, kind])).toEqual([
      ['aaa', 'ts'],
      ['bbb', 'sql'],
      ['ccc', 'sql'],
    ])
    expect(scripts[2]?.file).toBe(join(folder, 'ccc_x.sql'))
  })

  test('gives nothing when it is empty', async () => {
    expect(await ids(await revisionFolder())).toEqual([])
  })

  test('that does not exist is an error naming `npx limbeck init`', async () => {
    const folder = join(await revisionFolder({ file: '' }), 'missing')
    await expect(ids(folder)).rejects.toMatchObject({
      code: 'LIMBECK_FOLDER_MISSING',
      message: `the revision folder ${folder} does not exist`,
      details: { hint: expect.stringContaining('`npx limbeck init`') },
    })
    await expect(ids(join(folder, '..', 'file'))).rejects.toMatchObject({
      code: 'LIMBECK_FOLDER_MISSING',
      message: expect.stringContaining('is not a folder'),
    })
  })

  test('may hold other files and what editors leave behind', async () => {
    const folder = await revisionFolder({
      'aaa_x.sql': sql('aaa'),
      'README.md': 'hello',
      'aaa_x.sql~': 'x',
      'aaa_x.sql.orig': 'x',
      '.aaa_x.sql.swp': 'x',
      '.#aaa_x.sql': 'x',
      '#aaa_x.sql#': 'x',
      '.hidden.sql': 'x',
      'types.d.ts': 'x',
    })
    await mkdir(join(folder, 'folder.sql'))
    expect(await ids(folder)).toEqual(['aaa'])
  })

  test('is read once however often and by whatever path it is given', async () => {
    const folder = await revisionFolder({ 'aaa_x.sql': sql('aaa') })
    const other = await revisionFolder({ 'bbb_x.sql': sql('bbb') })
    const link = join(other, 'link')
    await symlink(folder, link)
    await symlink(join(folder, 'aaa_x.sql'), join(other, 'aaa_y.sql'))
    expect(await ids(folder, link, `${folder}/`, other)).toEqual(['aaa', 'bbb'])
    expect(await ids(other, folder)).toEqual(['aaa', 'bbb'])
  })

  test('names the first file that is not a revision', async () => {
    const folder = await revisionFolder({
      'aaa.sql': sql('aaa'),
      'bbb.sql': 'SELECT 1;',
      'ccc.sql': '',
    })
    await expect(ids(folder)).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      details: { file: join(folder, 'bbb.sql'), line: 1 },
    })
  })

  test('names a broken link', async () => {
    const folder = await revisionFolder()
    await symlink(join(folder, 'gone.sql'), join(folder, 'aaa.sql'))
    await expect(ids(folder)).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      message: 'aaa.sql: cannot be read (ENOENT)',
    })
  })

  test('is read by heads: bodies of any size are left alone, heads of any size are read', async () => {
    const notes = `-- ${'é'.repeat(100)}\n`.repeat(100)
    const long = sql('bbb').replace('-- revision', `${notes}-- revision`)
    const folder = await revisionFolder({
      'aaa.sql': sql('aaa').replace('DROP', `${'x'.repeat(100_000)}'`),
      'bbb.sql': long,
      'ccc.sql': `\uFEFF${sql('ccc').replaceAll('\n', '\r\n')}`,
    })
    expect(await ids(folder)).toEqual(['aaa', 'bbb', 'ccc'])
  })

  test('of 2,000 files is read in a moment', async () => {
    const folder = await revisionFolder()
    const names = Array.from({ length: 2000 }, (_, index) => `r${index}`)
    await Promise.all(names.map((id) => writeFile(join(folder, `${id}.sql`), sql(id))))
    expect((await ids(folder)).toSorted()).toEqual(names.toSorted())
  })

  test.skipIf(process.getuid?.() === 0)(
    'without permission says so (skipped as root, who may read everything)',
    async () => {
      const folder = await revisionFolder()
      await chmod(folder, 0)
      await expect(ids(folder)).rejects.toMatchObject({ code: 'LIMBECK_FOLDER_MISSING' })
    },
  )
})

describe('the graph of a folder', () => {
  test('is built from its heads', async () => {
    const folder = await revisionFolder({ 'aaa.sql': sql('aaa'), 'bbb.sql': sql('bbb', 'aaa') })
    const { scripts, map } = await loadRevisions([folder])
    expect(map.heads).toEqual(['bbb'])
    expect(scripts.get('bbb')?.file).toBe(join(folder, 'bbb.sql'))
  })

  test('names both files of a duplicate id', async () => {
    const folder = await revisionFolder({ 'aaa_x.sql': sql('aaa'), 'aaa_y.sql': sql('aaa') })
    await expect(loadRevisions([folder])).rejects.toMatchObject({
      code: 'LIMBECK_DUPLICATE_REVISION',
      message: expect.stringContaining('(aaa_x.sql, aaa_y.sql)'),
      details: { revision: 'aaa', file: join(folder, 'aaa_x.sql') },
    })
  })

  test('names whole paths when two folders hold files of one name', async () => {
    const folders = [
      await revisionFolder({ 'aaa.sql': sql('aaa') }),
      await revisionFolder({ 'aaa.sql': sql('aaa') }),
    ]
    const error = await loadRevisions(folders).catch((caught) => caught)
    for (const folder of folders) expect(error.message).toContain(join(folder, 'aaa.sql'))
  })

  test('names the file with a dangling parent', async () => {
    const folder = await revisionFolder({ 'aaa.sql': sql('aaa', 'gone') })
    await expect(loadRevisions([folder])).rejects.toMatchObject({
      code: 'LIMBECK_MISSING_PARENT',
      message: expect.stringContaining('(aaa.sql)'),
    })
  })
})

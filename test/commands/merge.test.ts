import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { merge } from '../../src/commands/merge.ts'
import { diamond, readProject, revisionFiles, tempFolder } from './temp-folder.ts'

const { m1: _, ...fork } = diamond

test('heads are joined by a revision that names them', async () => {
  const root = tempFolder(revisionFiles(fork))
  const written = await merge(...(await readProject(root)), { revisions: 'heads', revId: 'm1' })
  expect(written).toEqual({
    revision: 'm1',
    parents: ['a1', 'b1'],
    file: join(root, 'migrations/m1_merge_a1_and_b1.sql'),
  })
  expect(readFileSync(written.file, 'utf8')).toMatch(/^-- merge a1 and b1\n/)
  expect((await readProject(root))[1].map.heads).toEqual(['m1'])
})

test('labels and a message of its own are kept', async () => {
  const root = tempFolder(revisionFiles(fork))
  const revisions = ['search@head', 'billing']
  const options = { revisions, message: 'Both', branchLabel: 'trunk', revId: 'm1' }
  const { file } = await merge(...(await readProject(root)), options)
  expect(readFileSync(file, 'utf8')).toContain('-- labels: trunk\n')
})

test.for([
  ['the same one twice', ['a1', 'search'], 'LIMBECK_ILLEGAL_REVISION'],
  ['no head', ['r1', 'a1'], 'LIMBECK_NOT_A_HEAD'],
  ['unknown', ['a1', 'zzz'], 'LIMBECK_NO_SUCH_REVISION'],
] as const)('what is %s is not merged, and no file is written', async ([, revisions, code]) => {
  const root = tempFolder(revisionFiles(fork))
  const project = await readProject(root)
  await expect(async () => merge(...project, { revisions })).rejects.toMatchObject({ code })
  expect(readdirSync(join(root, 'migrations'))).toHaveLength(3)
})

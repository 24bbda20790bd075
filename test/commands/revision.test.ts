import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { revision } from '../../src/commands/revision.ts'
import { diamond, readProject, revisionFiles, tempFolder } from './temp-folder.ts'

const files = (root: string, folder = 'migrations') => readdirSync(join(root, folder)).sort()

const { m1: _, ...fork } = diamond

test('the first revision is a base with a random id of 12 hex digits', async () => {
  const root = tempFolder({ 'migrations/.gitkeep': '' })
  const written = await revision(...(await readProject(root)), { message: 'First tables!' })
  expect(written.revision).toMatch(/^[0-9a-f]{12}$/)
  expect(written.parents).toEqual([])
  expect(basename(written.file)).toBe(`${written.revision}_first_tables.sql`)
  const [, { scripts }] = await readProject(root)
  expect(scripts.get(written.revision)).toMatchObject({ message: 'First tables!', parents: [] })
})

test('the next one revises the head and can be read back with all that was asked for', async () => {
  const root = tempFolder(revisionFiles({ a1: {}, x1: {} }))
  const written = await revision(...(await readProject(root)), {
    message: 'Second',
    head: 'a1',
    branchLabel: 'shop',
    dependsOn: ['x1'],
    revId: 'a2',
    kind: 'ts',
  })
  expect(written).toEqual({
    revision: 'a2',
    parents: ['a1'],
    file: join(root, 'migrations/a2_second.ts'),
  })
  const [, { scripts }] = await readProject(root)
  expect(scripts.get('a2')).toMatchObject({
    kind: 'ts',
    labels: ['shop'],
    dependsOn: ['x1'],
    parents: ['a1'],
  })
  expect(scripts.get('a2')?.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})

test('without a message the file says so', async () => {
  const root = tempFolder({ 'migrations/.gitkeep': '' })
  const { file } = await revision(...(await readProject(root)), { message: '', revId: 'a1' })
  expect(basename(file)).toBe('a1.sql')
  expect(readFileSync(file, 'utf8')).toMatch(/^-- empty message\n/)
})

test.for([
  ['several heads', {}, 'LIMBECK_MULTIPLE_HEADS'],
  ['a parent that is no head', { head: 'r1' }, 'LIMBECK_NOT_A_HEAD'],
  ['an unknown parent', { head: 'nope' }, 'LIMBECK_NO_SUCH_REVISION'],
  ['the same parent twice', { head: ['a1', 'a1'] }, 'LIMBECK_ILLEGAL_REVISION'],
  ['a taken id', { head: 'a1', revId: 'b1' }, 'LIMBECK_DUPLICATE_REVISION'],
  ['an id like its parent', { head: 'a1', revId: 'a1' }, 'LIMBECK_SELF_REFERENCE'],
  ['an id that cannot be typed', { head: 'a1', revId: 'x@y' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['an id that is a word', { head: 'a1', revId: 'base' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['an id that is a path', { head: 'a1', revId: '../x' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['an id with a space', { head: 'a1', revId: 'a b' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['a taken label', { head: 'a1', branchLabel: 'billing' }, 'LIMBECK_DUPLICATE_LABEL'],
  ['a label that is an id', { head: 'a1', branchLabel: 'b1' }, 'LIMBECK_DUPLICATE_LABEL'],
  ['a label that is a word', { head: 'a1', branchLabel: 'heads' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['a label like a walk', { head: 'a1', branchLabel: 'v-2' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['a label with a comma', { head: 'a1', branchLabel: 'a,b' }, 'LIMBECK_ILLEGAL_REVISION'],
  ['an unknown dependency', { head: 'a1', dependsOn: 'nope' }, 'LIMBECK_NO_SUCH_REVISION'],
  ['a dependency on base', { head: 'a1', dependsOn: 'base' }, 'LIMBECK_INVALID_IDENTIFIER'],
  ['another folder', { head: 'a1', versionPath: '/elsewhere' }, 'LIMBECK_INVALID_OPTION'],
] as const)('%s is refused, and no file is written', async ([, options, code]) => {
  const root = tempFolder(revisionFiles(fork))
  const before = files(root)
  const project = await readProject(root)
  await expect(async () =>
    revision(...project, { message: 'x', ...options }),
  ).rejects.toMatchObject({ code })
  expect(files(root)).toEqual(before)
})

test('splice allows a parent that is no head, base a line of its own', async () => {
  const root = tempFolder(revisionFiles(fork))
  const project = await readProject(root)
  await revision(...project, { message: 'x', head: 'r1', splice: true, revId: 'c1' })
  await revision(...project, { message: 'x', head: 'base', revId: 'other' })
  const [, { map }] = await readProject(root)
  expect(map.nodes.get('c1')?.parents).toEqual(['r1'])
  expect(map.bases).toEqual(['other', 'r1'])
})

test('a file that is there is never overwritten', async () => {
  const root = tempFolder({ 'migrations/.gitkeep': '' })
  const project = await readProject(root)
  await revision(...project, { message: 'x', revId: 'a1' })
  const text = readFileSync(join(root, 'migrations/a1_x.sql'), 'utf8')
  // The project was read before the file came.
  await expect(revision(...project, { message: 'x', revId: 'a1' })).rejects.toMatchObject({
    code: 'LIMBECK_FILE_EXISTS',
  })
  expect(readFileSync(join(root, 'migrations/a1_x.sql'), 'utf8')).toBe(text)
})

test('of several folders the parent decides, and a base must say which', async () => {
  const root = tempFolder({
    ...revisionFiles({ a1: {} }, 'one'),
    ...revisionFiles({ x1: {} }, 'two'),
  })
  const project = await readProject(root, ['one', 'two'])
  const second = await revision(...project, { message: '', head: 'x1', revId: 'x2' })
  expect(second.file).toBe(join(root, 'two/x2.sql'))
  await expect(async () =>
    revision(...project, { message: '', head: 'base' }),
  ).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  const versionPath = join(root, 'one')
  const base = await revision(...project, { message: '', head: 'base', revId: 'n1', versionPath })
  expect(base.file).toBe(join(root, 'one/n1.sql'))
})

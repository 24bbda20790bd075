import { join } from 'node:path'
import { expect, test } from 'vitest'
import { branches } from '../../src/commands/branches.ts'
import { heads } from '../../src/commands/heads.ts'
import { history } from '../../src/commands/history.ts'
import { show } from '../../src/commands/show.ts'
import { diamond, readProject, revisionFiles, tempFolder } from './temp-folder.ts'

const readFrom = async (root: string) => (await readProject(root))[1]

const read = (graph: Parameters<typeof revisionFiles>[0]) =>
  readFrom(tempFolder({ 'migrations/.gitkeep': '', ...revisionFiles(graph) }))

const ids = (found: readonly { readonly revision: string }[]) =>
  found.map(({ revision }) => revision)

test('a revision is described from its file and its place in the graph', async () => {
  const root = tempFolder(revisionFiles(diamond))
  expect(show(await readFrom(root), { target: 'search' })).toEqual([
    {
      revision: 'a1',
      parents: ['r1'],
      children: ['m1'],
      dependsOn: [],
      labels: ['search'],
      message: 'Message of a1',
      created: '2026-11-21T02:03:04Z',
      file: join(root, 'migrations/a1_message.sql'),
      kind: 'sql',
      transactional: true,
      irreversible: null,
      compatible: null,
      marks: [],
    },
  ])
})

test('show knows `current` only with rows, and `base` shows nothing', async () => {
  const revisions = await read(diamond)
  expect(ids(show(revisions, { target: 'current', rows: ['a1'] }))).toEqual(['a1'])
  expect(show(revisions, { target: 'base' })).toEqual([])
  expect(() => show(revisions, { target: 'current' })).toThrow(
    expect.objectContaining({ code: 'LIMBECK_NO_SUCH_REVISION' }),
  )
})

test('history is newest first, with marks, and current where rows are given', async () => {
  const revisions = await read(diamond)
  const found = history(revisions, { rows: ['b1'] })
  expect(ids(found)).toHaveLength(4)
  expect(Object.fromEntries(found.map(({ revision, marks }) => [revision, marks]))).toEqual({
    m1: ['head', 'mergepoint'],
    a1: [],
    b1: ['current'],
    r1: ['branchpoint'],
  })
  expect(ids(history(revisions, { range: 'current:', rows: ['b1'] }))).toEqual(['m1', 'b1'])
  expect(ids(history(revisions, { range: 'r1:a1' }))).toEqual(['a1', 'r1'])
})

test('heads and branches of an empty folder are empty', async () => {
  const revisions = await read({})
  expect(heads(revisions)).toEqual([])
  expect(branches(revisions)).toEqual([])
  expect(history(revisions)).toEqual([])
})

test('a head that another branch depends on is an effective head', async () => {
  const revisions = await read({ a1: {}, x1: { dependsOn: 'a1' } })
  expect(heads(revisions).map(({ revision, marks }) => [revision, marks])).toEqual([
    ['a1', ['effective head']],
    ['x1', ['head']],
  ])
  expect(ids(heads(revisions, { resolveDependencies: true }))).toEqual(['x1'])
})

test('branches names each branch point with its children', async () => {
  const [point, ...others] = branches(await read(diamond))
  expect(others).toEqual([])
  expect(point?.branchPoint.revision).toBe('r1')
  expect(ids(point?.children ?? [])).toEqual(['a1', 'b1'])
})

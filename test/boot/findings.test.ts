import { writeFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { BootFinding } from '../../src/index.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog, revisionFolder } from '../support/revisions.ts'

/** A folder that has been applied, and what a further boot finds. */
async function applied() {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const file = await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  const options = { url: database.url, migrations: folder.path }
  const bootAgain = async () => {
    const [logger, found] = [keepLog(), [] as BootFinding[]]
    const onFinding = (finding: BootFinding) => found.push(finding)
    const report = await initDb({ ...options, logger, onFinding })
    await setImmediate()
    const warned = logger.lines
      .filter(({ level }) => level === 'warn')
      .map(({ message }) => message)
    return { report, warned, found }
  }
  await initDb(options)
  return { database, folder, file, options, bootAgain }
}

test('an applied file that was edited is told at head, while the service serves', async () => {
  const { folder, bootAgain } = await applied()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id bigint);', down: 'DROP TABLE t;' })
  const { report, warned, found } = await bootAgain()
  expect(report.outcome).toBe('current')
  expect(warned).toEqual(['edited after it was applied: aaa1_test.sql'])
  expect(found).toMatchObject([{ code: 'edited-file', revisions: ['aaa1'] }])
})

test('an edited file below the head and an edited .ts revision are told', async () => {
  const { folder, bootAgain } = await applied()
  const code = (body: string) => `
export const revision = 'bbb2'
export const downRevision = 'aaa1'
export async function upgrade() { ${body} }
export async function downgrade() {}
`
  await folder.ts('bbb2', code(''))
  expect((await bootAgain()).found).toEqual([])
  await folder.ts('bbb2', code('return'))
  await folder.sql('aaa1', { up: 'SELECT 1;', down: 'DROP TABLE t;' })
  expect((await bootAgain()).found.map(({ revisions }) => revisions.toSorted())).toEqual([
    ['aaa1', 'bbb2'],
  ])
})

test.each([
  ['line ends and a byte order mark', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
  [
    'keys that may be corrected',
    (text: string) => text.replace('-- revises:', '-- compatible: yes\n-- revises:'),
  ],
  ['the message', (text: string) => text.replace(/^-- .*/, '-- another message')],
])('%s are no edit', async (_, edit) => {
  const { file, bootAgain } = await applied()
  const { readFile } = await import('node:fs/promises')
  await writeFile(file, edit(await readFile(file, 'utf8')))
  expect(await bootAgain()).toMatchObject({ report: { outcome: 'current' }, found: [] })
})

test('a stamp of the heads accepts an edit, as the hint says', async () => {
  const { folder, options, bootAgain } = await applied()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id bigint);', down: 'DROP TABLE t;' })
  const [finding] = (await bootAgain()).found
  expect(finding?.hint).toContain('npx limbeck stamp heads')
  await createMigrator(options).stamp('heads')
  expect((await bootAgain()).found).toEqual([])
})

test('a callback that throws ends no process', async () => {
  const { folder, options } = await applied()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id bigint);', down: 'DROP TABLE t;' })
  const logger = keepLog()
  const onFinding = () => {
    throw new Error('of the caller')
  }
  await initDb({ ...options, logger, onFinding })
  await setImmediate()
  expect(logger.lines.at(-1)).toMatchObject({ level: 'error', message: 'onFinding has thrown' })
})

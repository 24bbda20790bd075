import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { bundleRevisions } from '../../src/bundle/index.ts'
import { startGate } from '../../src/http/index.ts'
import { type BootFinding, type BootOptions, createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

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

test('a process that ends with its first timer has told it', async () => {
  const { folder, options } = await applied()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id bigint);', down: 'DROP TABLE t;' })
  const logger = keepLog()
  await initDb({ ...options, logger })
  // Timers and answers of the network come later than this.
  await new Promise<void>((done) => process.nextTick(done))
  expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
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

const users = { users: pgTable('users', { id: integer().primaryKey() }) }
const wider = { users: pgTable('users', { id: integer().primaryKey(), extra: text() }) }

/** A promise of the one call of `told`. */
function listen<T>() {
  let told: (value: T) => void = () => {}
  const found = new Promise<T>((resolve) => {
    told = resolve
  })
  return { told, found }
}

/** A database at the revision that `users` was written into, and what a boot with other models finds. */
async function written() {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path }
  const migrator = createMigrator({ ...options, models: users })
  const { revisions } = await migrator.autogenerate({ message: 'first' })
  const [head = ''] = revisions.map(({ revision }) => revision)
  await initDb({ ...options, models: users })
  const boot = async (given: Partial<BootOptions>) => {
    const { told, found } = listen<BootFinding>()
    const logger = keepLog()
    const report = await initDb({ ...options, logger, onFinding: told, ...given })
    return { report, logger, found }
  }
  return { database, folder, options, head, boot }
}

test('models that a missing revision would lead to are told at head', async () => {
  const { head, boot } = await written()
  const { report, logger, found } = await boot({ models: wider })
  expect(report.outcome).toBe('current')
  expect(await found).toMatchObject({ code: 'models-ahead', revisions: [head] })
  expect(logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { facts: { code: 'models-ahead' } },
  ])
})

test('models ahead are told beneath a revision without models, and in a bundle', async () => {
  const { folder, options, head, boot } = await written()
  await folder.sql('bbb2', { revises: head, up: 'SELECT 1;', head: ['fresh: skip'] })
  const { report, found } = await boot({ models: async () => wider })
  expect(report).toMatchObject({ outcome: 'upgraded', to: ['bbb2'] })
  expect(await found).toMatchObject({ revisions: [head] })
  const { code } = await bundleRevisions({ migrations: options.migrations })
  const file = path.join(folder.path, 'bundle.mjs')
  await writeFile(file, code)
  const { default: bundle } = await import(pathToFileURL(file).href)
  const bundled = await boot({ models: wider, bundle })
  expect(bundled.report.outcome).toBe('current')
  expect(await bundled.found).toMatchObject({ revisions: [head] })
})

test('a casing that only one of the two has shows as models ahead', async () => {
  const folder = await revisionFolder()
  const models = { t: pgTable('t', { id: integer().primaryKey(), createdBy: integer() }) }
  const options = { url: (await createDatabase()).url, migrations: folder.path, models }
  const migrator = createMigrator({ ...options, casing: 'snake_case' })
  await migrator.autogenerate({ message: 'first' })
  await migrator.upgrade()
  const { told, found } = listen<BootFinding>()
  await initDb({ ...options, onFinding: told })
  expect(await found).toMatchObject({ code: 'models-ahead' })
})

test.each(['upgrade', 'verify', 'wait'] as const)(
  'modelsAhead: refuse connects to nothing where the models are ahead (%s)',
  async (mode) => {
    const { options, head } = await written()
    const url = 'postgres://nobody@127.0.0.1:1/nothing'
    const refuse = { ...options, mode, modelsAhead: 'refuse' } as const
    const error = await failure(initDb({ ...refuse, url, models: wider }))
    expect(error).toMatchObject({ code: 'LIMBECK_MODELS_AHEAD', details: { revision: head } })
    expect(await initDb({ ...refuse, models: users })).toMatchObject({ outcome: 'current' })
  },
)

test('models that cannot be imported are told, and stop no service', async () => {
  const { boot } = await written()
  const { told, found } = listen<string>()
  const logger = { ...keepLog(), warn: (_: object, message: string) => told(message) }
  const { report } = await boot({ logger, models: 'no-such-file.ts' })
  expect(report.outcome).toBe('current')
  expect(await found).toContain('no-such-file.ts')
})

test('health tells what a boot has found', async () => {
  const { options } = await written()
  const { told, found } = listen<BootFinding>()
  const gate = startGate({ ...options, models: wider, onFinding: told })
  await found
  expect(gate.status()).toMatchObject({
    status: 'ready',
    schema: { outcome: 'current', findings: ['models-ahead'] },
  })
  await gate.close()
})

test('a database that the revisions created says so once in the log, and in onFinding too', async () => {
  const { options } = await written()
  const [database, logger] = [await createDatabase(), keepLog()]
  const { told, found } = listen<BootFinding>()
  const given = { ...options, url: database.url, models: wider, logger, onFinding: told }
  expect(await initDb(given)).toMatchObject({ outcome: 'created', stamped: [] })
  expect(await found).toMatchObject({ code: 'models-ahead' })
  expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

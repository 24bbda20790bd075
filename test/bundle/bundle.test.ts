import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { build, type Format } from 'esbuild'
import { initDb } from 'limbeck'
import { bundleRevisions } from 'limbeck/bundle'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { hash, project, service, sql, start } from './bundled-service.ts'

const run = promisify(execFile)
const limbeck = path.resolve('dist/lib/limbeck.js')

/** One file that holds the service, in a folder where there is nothing else. */
async function bundled(folder: string, entry: string, format: Format): Promise<string> {
  const deployed = await mkdtemp(path.join(tmpdir(), 'limbeck-deployed-'))
  onTestFinished(() => rm(deployed, { recursive: true, force: true }))
  const outfile = path.join(deployed, `service.${format === 'esm' ? 'mjs' : 'cjs'}`)
  const options = { bundle: true, platform: 'node', format, outfile, logLevel: 'silent' } as const
  await build({ entryPoints: [path.join(folder, entry)], ...options })
  return outfile
}

describe('a bundle of revisions', () => {
  test.for(['esm', 'cjs'] as const)(
    'boots a service of one %s file to head, and again at head',
    async (format) => {
      const folder = await project({
        'service.ts': service('bundle', `import bundle from './migrations.mjs'`),
      })
      await run(process.execPath, [limbeck, 'bundle', '-o', 'migrations.mjs'], { cwd: folder })
      const file = await bundled(folder, 'service.ts', format)
      const { url, query } = await createDatabase()
      expect(await start(file, url)).toEqual({ outcome: 'created' })
      expect(await start(file, url)).toEqual({ outcome: 'current' })
      expect(await query('SELECT id, note FROM t')).toEqual([{ id: 2, note: hash }])
      expect(
        await query(`SELECT count(*)::int AS n FROM pg_indexes WHERE indexname = 't_id'`),
      ).toEqual([{ n: 1 }])
    },
  )

  test('is taken by Node.js as it is, and means the same head as the files', async () => {
    const folder = await project()
    const cli = (...words: readonly string[]) =>
      run(process.execPath, [limbeck, ...words], { cwd: folder })
    const { stdout } = await cli('bundle', '--json')
    expect(JSON.parse(stdout).revisions).toEqual(['aaaa00000001', 'bbbb00000002', 'cccc00000003'])
    expect(await readFile(path.join(folder, 'migrations.d.mts'), 'utf8')).toContain(
      'RevisionBundle',
    )
    const { default: bundle } = await import(path.join(folder, 'migrations.mjs'))
    const { url } = await createDatabase()
    expect(await initDb({ url, bundle })).toMatchObject({ outcome: 'created' })
    const migrations = path.join(folder, 'migrations')
    expect(await initDb({ url, migrations })).toMatchObject({ outcome: 'current' })
  })

  test('names revision, file and line of a statement that fails', async () => {
    const folder = await project({
      'migrations/dddd00000004_fails.sql': sql(
        'dddd00000004',
        'cccc00000003',
        'SELECT 1;\nSELECT 1/0;',
      ),
      'service.ts': service('bundle', `import bundle from './migrations.mjs'`),
    })
    await run(process.execPath, [limbeck, 'bundle'], { cwd: folder })
    const { url } = await createDatabase()
    const answer = await start(await bundled(folder, 'service.ts', 'esm'), url)
    expect(answer).toMatchObject({ code: 'LIMBECK_STEP_FAILED' })
    expect(answer.message).toContain('dddd00000004_fails.sql:9')
  })

  test('goes into a folder that is made for it, as an ES module and nothing else', async () => {
    const folder = await project()
    const write = (output: string) =>
      run(process.execPath, [limbeck, 'bundle', '-o', output], { cwd: folder })
    await write('src/made/migrations.js')
    expect(await readFile(path.join(folder, 'src/made/migrations.d.ts'), 'utf8')).toContain(
      'bundle',
    )
    for (const wrong of ['migrations.cjs', 'migrations.ts', 'migrations'])
      await expect(write(wrong)).rejects.toMatchObject({ code: 2 })
  })

  test('is refused where it is not one', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/nothing'
    const wrong = initDb({ url, bundle: { format: 0 } as never })
    await expect(wrong).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  })

  test('is not made of code that is none', async () => {
    const folder = await project({ 'shared/later.ts': '\nexport const later = =\n' })
    const migrations = path.join(folder, 'migrations')
    await expect(bundleRevisions({ migrations })).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      message: expect.stringContaining('later.ts:2'),
    })
  })

  test('is not made of code that needs the location of its file', async () => {
    const folder = await project({
      'shared/later.ts': 'export const later = import.meta.url\n',
    })
    const migrations = path.join(folder, 'migrations')
    await expect(bundleRevisions({ migrations })).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      message: expect.stringContaining('import.meta'),
    })
  })
})

describe('a service that was bundled without its revisions', () => {
  const url = `migrations: process.env.MIGRATIONS`

  test('runs SQL that takes the grammar all the same', async () => {
    const folder = await project({ 'service.ts': service(url) })
    await rm(path.join(folder, 'migrations/cccc00000003_rows.ts'))
    process.env.MIGRATIONS = path.join(folder, 'migrations')
    for (const format of ['esm', 'cjs'] as const) {
      const database = await createDatabase()
      const file = await bundled(folder, 'service.ts', format)
      expect(await start(file, database.url)).toEqual({ outcome: 'created' })
    }
  })

  test('says of code what is missing and what to do, and does not accuse the revision', async () => {
    const folder = await project({ 'service.ts': service(url) })
    process.env.MIGRATIONS = path.join(folder, 'migrations')
    for (const format of ['esm', 'cjs'] as const) {
      const database = await createDatabase()
      const answer = await start(await bundled(folder, 'service.ts', format), database.url)
      expect(answer.code).toBe('LIMBECK_LOAD_FAILED')
      expect(answer.message).not.toContain('cccc00000003')
      expect(answer.hint).toContain('npx limbeck bundle')
    }
  })

  test('says of models that are a path the same', async () => {
    const models = `migrations: process.env.MIGRATIONS, models: process.env.MIGRATIONS + '/../models.ts'`
    const text = service(models)
      .replaceAll('initDb', 'createMigrator')
      .replace('}).then', '}).diff().then')
    const folder = await project({ 'service.ts': text, 'models.ts': 'export {}' })
    process.env.MIGRATIONS = path.join(folder, 'migrations')
    const database = await createDatabase()
    const answer = await start(await bundled(folder, 'service.ts', 'esm'), database.url)
    expect(answer.code).toBe('LIMBECK_LOAD_FAILED')
    expect(answer.hint).toContain('models: () => import(')
  })
})

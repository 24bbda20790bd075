import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { build, type Format } from 'esbuild'
import { initDb } from 'limbeck'
import { bundleRevisions } from 'limbeck/bundle'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'

const run = promisify(execFile)
const limbeck = path.resolve('dist/lib/limbeck.js')

const sql = (id: string, parent: string, up: string, keys = '') =>
  `-- ${id}\n--\n-- revision: ${id}\n-- revises: ${parent}\n${keys}-- irreversible: it is a test\n\n-- +upgrade\n${up}\n`

/** What every bundle has to carry: a body with semicolons inside, an online index, code with a helper, an enum, a package. */
const files: Readonly<Record<string, string>> = {
  'migrations/aaaa00000001_tables.sql': sql(
    'aaaa00000001',
    '',
    `CREATE TABLE t (id int, note text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;`,
  ),
  'migrations/bbbb00000002_index.sql': sql(
    'bbbb00000002',
    'aaaa00000001',
    'CREATE INDEX CONCURRENTLY t_id ON t (id);',
    '-- transaction: none\n',
  ),
  'migrations/cccc00000003_rows.ts': `import type { RevisionContext } from 'limbeck'
import { createHash } from 'node:crypto'
import first, { Kind } from '../shared/kind'
export const revision = 'cccc00000003'
export const downRevision = 'bbbb00000002'
export const irreversible = 'it is a test'
export async function upgrade({ sql }: RevisionContext): Promise<void> {
  const { later } = await import('../shared/later')
  const hash = createHash('md5').update(first).digest('hex')
  await sql\`INSERT INTO t VALUES (\${Kind.Two}, \${hash + later})\`
}
`,
  'shared/kind.ts': `export enum Kind { One = 1, Two }\nexport default 'one'\n`,
  'shared/later.ts': `export const later: string = '!'\n`,
}

const hash = 'f97c5d29941bfb1b2fdab0874906ab82!'

async function project(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-bundled-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const all = { 'limbeck.config.mjs': 'export default {}\n', ...files, ...more }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  await mkdir(path.join(folder, 'node_modules'))
  await symlink(path.resolve('.'), path.join(folder, 'node_modules/limbeck'))
  return folder
}

/** One file that holds the service, in a folder where there is nothing else. */
async function bundled(folder: string, entry: string, format: Format): Promise<string> {
  const place = await mkdtemp(path.join(tmpdir(), 'limbeck-deployed-'))
  onTestFinished(() => rm(place, { recursive: true, force: true }))
  const outfile = path.join(place, `service.${format === 'esm' ? 'mjs' : 'cjs'}`)
  const options = { bundle: true, platform: 'node', format, outfile, logLevel: 'silent' } as const
  await build({ entryPoints: [path.join(folder, entry)], ...options })
  return outfile
}

async function start(file: string, url: string) {
  const child = run(process.execPath, [file], {
    cwd: path.dirname(file),
    env: { ...process.env, DATABASE_URL: url },
  })
  return JSON.parse((await child).stdout) as Readonly<Record<string, string>>
}

const service = (options: string, head = '') => `import { initDb } from 'limbeck'
${head}
initDb({ url: process.env.DATABASE_URL!, ${options} }).then(
  ({ outcome }) => console.log(JSON.stringify({ outcome })),
  ({ code, message, details }) => console.log(JSON.stringify({ code, message, hint: details?.hint })),
)
`

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

  test('is refused where it is not one', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/nothing'
    const wrong = initDb({ url, bundle: { format: 0 } as never })
    await expect(wrong).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  })

  test('is not made of code that needs the place of its file', async () => {
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
})

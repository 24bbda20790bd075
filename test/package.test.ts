import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { locked, npmEnvironment, type Packed, pack } from './support/packed.ts'
import { createDatabase } from './support/postgres.ts'

const runFile = promisify(execFile)

let packed: Packed
let project: string
let node24: string

/** Runs a program in the project; rejects with its stderr when it fails. */
async function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout } = await runFile(file, args, {
    cwd: project,
    env: { ...npmEnvironment(), ...env },
  })
  return stdout
}

beforeAll(async () => {
  packed = await pack()
  project = await mkdtemp(path.join(tmpdir(), 'limbeck-consumer-'))
  await writeFile(path.join(project, 'package.json'), '{ "type": "module", "private": true }')
  const peers = await locked('fastify', 'drizzle-orm', 'postgres')
  await run('npm', ['install', packed.tarball, ...peers])
  // A folder of its own: npx would take it for the project's node.
  const node = path.join(project, 'node24')
  const name = `node-${process.platform}-${process.arch}`
  await run('npm', ['install', '--prefix', node, `${name}@24`])
  node24 = path.join(node, 'node_modules', name, 'bin', 'node')
})

afterAll(async () => {
  await rm(project, { recursive: true, force: true })
  await packed.remove()
})

test('the tarball holds the library and its papers, and nothing of the service or the tests', () => {
  const others = packed.files.filter(
    (file) =>
      !/^dist\/lib\/[^/]*\.(js|js\.map|cjs|d\.ts|d\.cts)$/.test(file) &&
      // Pages to read where the package is installed: errors and the skill name them.
      !/^(?:docs\/.*\.(?:md|svg)|skills\/.*\.md)$/.test(file),
  )
  expect(others.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  expect(
    packed.files.filter(
      (file) => !file.startsWith('docs/') && /service|test|bench|drizzle\/|migrations/.test(file),
    ),
  ).toEqual([])
})

test('each entry point has one file of declarations, and internals have none', async () => {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'))
  const entries = Object.keys(exports).filter((name) => name !== './package.json')
  const declarations = packed.files.filter((file) => file.endsWith('.d.ts'))
  expect(declarations.length).toBe(entries.length)
})

test('every file that package.json names is in the tarball', async () => {
  const { exports, bin } = JSON.parse(await readFile('package.json', 'utf8'))
  const named = JSON.stringify([exports, bin]).match(/[\w./-]+\.(?:d\.c?ts|json|c?js)/g) ?? []
  expect(named.length).toBeGreaterThan(7)
  for (const file of named) expect(packed.files).toContain(file.replace(/^\.\//, ''))
})

test.for(['this Node', 'Node 24'])('%s imports every entry point', async (which) => {
  const node = which === 'Node 24' ? node24 : process.execPath
  const script = `
    const [main, fastify, graph, http] = await Promise.all(
      ['limbeck', 'limbeck/fastify', 'limbeck/graph', 'limbeck/http'].map((name) => import(name)))
    const { createRequire } = await import('node:module')
    const required = createRequire(process.cwd() + '/x.js')('limbeck')
    const byPath = await import(createRequire(process.cwd() + '/x.js').resolve('limbeck'))
    console.log(JSON.stringify([process.versions.node, typeof main.initDb, typeof main.LimbeckError,
      typeof fastify.default, typeof graph.buildRevisionMap, typeof http.startGate,
      typeof required.initDb, typeof byPath.initDb, typeof (required.LimbeckError === main.LimbeckError && main.initDb)]))`
  const [version, ...types] = JSON.parse(await run(node, ['--input-type=module', '-e', script]))
  expect(types).toEqual(types.map(() => 'function'))
  expect(types.length).toBe(8)
  expect(version).toMatch(which === 'Node 24' ? /^24\./ : process.versions.node)
})

test.for(['this Node', 'Node 24'])(
  '%s runs the command line, from nothing to head',
  async (which) => {
    const { url, query } = await createDatabase()
    const env = { DATABASE_URL: url }
    const bin = path.join('node_modules', '.bin', 'limbeck')
    const limbeck = (...args: readonly string[]) =>
      which === 'Node 24' ? run(node24, [bin, ...args], env) : run('npx', ['limbeck', ...args], env)
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(await limbeck('--version')).toBe(`${version}\n`)
    await limbeck('init')
    await limbeck('revision', '-m', 'things', '--ts')
    const folder = path.join(project, 'migrations')
    const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('_things.ts'))
    const text = await readFile(path.join(folder, file), 'utf8')
    const body = '(ctx: RevisionContext): Promise<void> { await ctx.sql`CREATE TABLE things ()` }'
    await writeFile(path.join(folder, file), text.replace(/(?<=upgrade)\(.*\}/, body))
    expect(await limbeck('upgrade')).toContain(`Upgraded to ${file.slice(0, 12)}.`)
    expect(await query(`SELECT to_regclass('things') IS NOT NULL AS made`)).toEqual([
      { made: true },
    ])
    await rm(folder, { recursive: true })
    await rm(path.join(project, 'limbeck.config.ts'))
  },
)

test('the types of every entry point resolve, and are real', async () => {
  const consumer = (wrong: boolean) => `
    import { type BootReport, defineConfig, initDb, LimbeckError, type RevisionContext } from 'limbeck'
    import limbeck, { type HealthReport } from 'limbeck/fastify'
    import { buildRevisionMap } from 'limbeck/graph'
    import { startGate, type Gate } from 'limbeck/http'
    import Fastify from 'fastify'
    const app = Fastify()
    await app.register(limbeck, { url: '', logger: app.log, gate: false })
    export const report: BootReport = await app.limbeck.ready
    export const health: HealthReport = app.limbeck.status()
    export const upgrade = async ({ sql, db }: RevisionContext) => [await sql\`SELECT 1\`, await db.execute('')]
    export const others = [defineConfig({}), LimbeckError, buildRevisionMap([])]
    export const gate: Gate = startGate({ url: '', migrations: new URL('file:///m') })
    await initDb({ url: ${wrong ? 1 : "''"} })`
  await writeFile(path.join(project, 'consumer.ts'), consumer(false))
  await writeFile(path.join(project, 'wrong.ts'), consumer(true))
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
  const libraries = [
    '--skipLibCheck',
    '--types',
    'node',
    '--typeRoots',
    path.resolve('node_modules/@types'),
  ]
  const check = (file: string) =>
    run(path.resolve('node_modules/.bin/tsc'), [...options, ...libraries, file])
  expect(await check('consumer.ts')).toBe('')
  await expect(check('wrong.ts')).rejects.toMatchObject({
    stdout: expect.stringMatching(/^wrong\.ts\(14,\d+\): error TS2322: [^\n]*\n$/),
  })
})

test('the package says the same to every resolver, and what npm shows is there', async () => {
  const { publint } = await import('publint')
  const { messages } = await publint({
    pkgDir: '.',
    level: 'suggestion',
    strict: true,
    pack: false,
  })
  expect(messages).toEqual([])
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core')
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(packed.tarball)))
  expect('problems' in analysis ? analysis.problems : analysis).toEqual([])
  const about = JSON.parse(await readFile('package.json', 'utf8'))
  for (const field of ['author', 'homepage', 'repository', 'bugs', 'license'])
    expect(about[field], field).toBeTruthy()
})

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import semver from 'semver'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
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
      (file) =>
        !file.startsWith('docs/') &&
        /service|\btest\/|\.test\.|bench|drizzle\/|migrations/.test(file),
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
    const [main, fastify, graph, http, bundle, embedded, testing] = await Promise.all(
      ['limbeck', ...['fastify', 'graph', 'http', 'bundle', 'embedded', 'testing'].map((name) => 'limbeck/' + name)]
        .map((name) => import(name)))
    const { createRequire } = await import('node:module')
    const required = createRequire(process.cwd() + '/x.js')('limbeck')
    const byPath = await import(createRequire(process.cwd() + '/x.js').resolve('limbeck'))
    console.log(JSON.stringify([process.versions.node, typeof main.initDb, typeof main.LimbeckError,
      typeof fastify.default, typeof graph.buildRevisionMap, typeof http.startGate, typeof bundle.bundleRevisions,
      typeof embedded.startEmbeddedPostgres, typeof testing.createTestDatabases,
      typeof required.initDb, typeof byPath.initDb, typeof (required.LimbeckError === main.LimbeckError && main.initDb)]))`
  const [version, ...types] = JSON.parse(await run(node, ['--input-type=module', '-e', script]))
  expect(types).toEqual(types.map(() => 'function'))
  expect(types.length).toBe(11)
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
  const { next } = JSON.parse(await run('npx', ['limbeck', 'init', '--json']))
  const example = next.at(-1).replace(/^.*\n/, '').replace("'../limbeck", "'./limbeck")
  await writeFile(path.join(project, 'example.ts'), `declare const app: any\n${example}`)
  expect(await check('example.ts')).toBe('')
  for (const made of ['migrations', 'limbeck.config.ts'])
    await rm(path.join(project, made), { recursive: true })
  await expect(check('wrong.ts')).rejects.toMatchObject({
    stdout: expect.stringMatching(/^wrong\.ts\(14,\d+\): error TS2322: [^\n]*\n$/),
  })
})

test('the package says the same to every resolver, and what npm shows is there', async () => {
  const { publint } = await import('publint')
  const { messages } = await publint({
    pkgDir: path.join(project, 'node_modules/limbeck'),
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

/** What somebody has who does not use everything: no drizzle-orm, no fastify, and types of libraries are checked too. */
test('types compile without drizzle-orm, with skipLibCheck off, in ES modules and in CommonJS, under every resolver', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-types-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }')
  const install = ['install', '--prefix', folder, packed.tarball, ...(await locked('@types/node'))]
  const compilers = ['5.0', '5.9', '6.0'].map((it) => `typescript-${it}@npm:typescript@${it}`)
  // The oldest types of Node.js that the oldest compiler reads.
  await run('npm', [...install, 'old-node@npm:@types/node@18', ...compilers])
  await mkdir(path.join(folder, 'old'))
  await symlink(path.join(folder, 'node_modules/old-node'), path.join(folder, 'old/node'))
  const text = `
    import { initDb, type BootReport, type RevisionContext } from 'limbeck'
    import { startGate } from 'limbeck/http'
    import { buildRevisionMap } from 'limbeck/graph'
    import { bundleRevisions, type RevisionBundle } from 'limbeck/bundle'
    import { createTestDatabases } from 'limbeck/testing'
    import { startEmbeddedPostgres } from 'limbeck/embedded'
    export const all = [startGate, buildRevisionMap, bundleRevisions, createTestDatabases, startEmbeddedPostgres]
    export const boot = (bundle: RevisionBundle): Promise<BootReport> => initDb({ url: '', bundle })
    export const upgrade = async (ctx: RevisionContext) => { await ctx.sql\`SELECT 1\` }
    // @ts-expect-error: url is a string
    export const wrong = initDb({ url: 1 })`
  const files = ['esm.mts', 'cjs.cts'].map((name) => path.join(folder, name))
  for (const file of files) await writeFile(file, text)
  const plain = path.join(folder, 'plain.ts')
  await writeFile(plain, text)
  const check = async (version: string, args: readonly string[]) => {
    const tsc =
      version === '7'
        ? path.resolve('node_modules/.bin/tsc')
        : path.join(folder, `node_modules/typescript-${version}/bin/tsc`)
    const types = path.join(folder, version === '5.0' ? 'old' : 'node_modules/@types')
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--typeRoots']
    return await run(tsc, [...options, types, ...args]).catch((error) => error.stdout)
  }
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler', plain]
  const node10 = ['--module', 'commonjs', '--moduleResolution', 'node10', plain]
  const asked: readonly (readonly [version: string, args: readonly string[]])[] = [
    ['7', ['--module', 'nodenext', ...files]],
    ['7', bundler],
    ['6.0', ['--module', 'node16', ...files]],
    ['5.9', node10],
    ['5.0', ['--module', 'node16', ...files]],
    ['5.0', node10],
  ]
  for (const [version, args] of asked)
    expect(await check(version, args), `TypeScript ${version}: ${args.join(' ')}`).toBe('')
}, 480_000)

test('npm ci on the oldest Node.js finds no package that asks for a newer one', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const { engines } = JSON.parse(await readFile('package.json', 'utf8'))
  const oldest = semver.minVersion(engines.node)?.version ?? ''
  const wanting = Object.entries<{ engines?: { node?: string } }>(packages).filter(
    ([, { engines: asked }]) => asked?.node && !semver.satisfies(oldest, asked.node),
  )
  expect(wanting.map(([name]) => name)).toEqual([])
})

test('create-limbeck sets a project up, as npm create does', async () => {
  const script = path.resolve('create-limbeck/index.js')
  const folder = path.join(project, 'created')
  await mkdir(folder)
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }')
  await runFile('node', [script], { cwd: folder, env: npmEnvironment() })
  expect(await readdir(folder)).toEqual(
    expect.arrayContaining(['limbeck.config.ts', 'migrations', 'package.json']),
  )
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  expect(JSON.parse(await readFile('create-limbeck/package.json', 'utf8')).version).toBe(version)
})

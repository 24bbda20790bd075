import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { findTool } from '../support/tools.ts'
import { hash, project, service, start } from './bundled-service.ts'

const run = promisify(execFile)
const limbeck = path.resolve('dist/lib/limbeck.js')

/** A project whose service takes its revisions from the module that `limbeck bundle` writes. */
async function bundledProject(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await project({
    'package.json': '{ "type": "module", "private": true }',
    'service.ts': service('bundle', `import bundle from './migrations.mjs'`),
    ...more,
  })
  await run(process.execPath, [limbeck, 'bundle', '-o', 'migrations.mjs'], { cwd: folder })
  return folder
}

/** A folder in which there is nothing but what a test puts there. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-deployed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Boots twice: SQL with semicolons inside, an index made CONCURRENTLY, and TypeScript with what it imports. */
async function bootsToHead(file: string, program?: string[]): Promise<void> {
  const { url, query } = await createDatabase()
  expect(await start(file, url, program)).toEqual({ outcome: 'created' })
  expect(await start(file, url, program)).toEqual({ outcome: 'current' })
  expect(await query('SELECT id, note FROM t')).toEqual([{ id: 2, note: hash }])
  expect(await query(`SELECT count(*)::int AS n FROM pg_indexes WHERE indexname = 't_id'`)).toEqual(
    [{ n: 1 }],
  )
}

describe('what bundlers make of a service', () => {
  test('a service boots as ES modules and as CommonJS of tsup', async ({ skip }) => {
    const tool = await findTool('tsup')
    if ('missing' in tool) return skip(tool.missing)
    const folder = await bundledProject()
    const deployed = await emptyFolder()
    const options = { entry: ['service.ts'], format: ['esm', 'cjs'], outDir: 'out', silent: true }
    const config = `export default { ...${JSON.stringify(options)}, noExternal: [/.*/] }`
    await writeFile(path.join(folder, 'tsup.config.mjs'), config)
    await run(tool.file, [], { cwd: folder })
    await cp(path.join(folder, 'out'), deployed, { recursive: true })
    // What it calls .js is an ES module there as well.
    await writeFile(path.join(deployed, 'package.json'), '{ "type": "module" }')
    for (const name of ['service.js', 'service.cjs']) await bootsToHead(path.join(deployed, name))
  })

  test('a service boots as chunks of Rolldown, which Vite and tsdown use', async () => {
    const folder = await bundledProject()
    const deployed = await emptyFolder()
    const input = path.join(folder, 'service.ts')
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
    await bundle.write({
      dir: deployed,
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name].mjs',
    })
    await bootsToHead(path.join(deployed, 'service.mjs'))
  })

  test('a service boots as one program of Bun', async ({ skip }) => {
    const tool = await findTool('bun')
    if ('missing' in tool) return skip(tool.missing)
    const folder = await bundledProject()
    const program = path.join(await emptyFolder(), 'service')
    await run(tool.file, ['build', '--compile', 'service.ts', '--outfile', program], {
      cwd: folder,
    })
    await bootsToHead(program, [program])
  })

  test('a service boots as one minified file that may read no other, called as a function', async () => {
    const folder = await bundledProject()
    const outfile = path.join(await emptyFolder(), 'function.cjs')
    const handler = `import { initDb } from 'limbeck'
import bundle from './migrations.mjs'
export const handler = async () => (await initDb({ url: process.env.DATABASE_URL!, bundle })).outcome
`
    await writeFile(path.join(folder, 'function.ts'), handler)
    await build({
      entryPoints: [path.join(folder, 'function.ts')],
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'silent',
    })
    const call = `require(${JSON.stringify(outfile)}).handler().then((outcome) => console.log(JSON.stringify({ outcome })))`
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission'
    const only = [permission, `--allow-fs-read=${outfile}`, '--no-warnings']
    await bootsToHead(outfile, [process.execPath, ...only, '-e', call])
  })
})

describe('boots from the files', () => {
  const own = service(`migrations: 'migrations'`)

  test.for([
    ['Bun', 'bun', []],
    ['Deno', 'deno', ['run', '-A', '--quiet', '--node-modules-dir=manual']],
  ] as const)('on %s', async ([, name, words], { skip }) => {
    const tool = await findTool(name)
    if ('missing' in tool) return skip(tool.missing)
    const folder = await bundledProject({ 'service.ts': own })
    const file = path.join(folder, 'service.ts')
    await bootsToHead(file, [tool.file, ...words, file])
  })

  test('on Deno with a bundle of them', async ({ skip }) => {
    const tool = await findTool('deno')
    if ('missing' in tool) return skip(tool.missing)
    const file = path.join(await bundledProject(), 'service.ts')
    await bootsToHead(file, [tool.file, 'run', '-A', '--quiet', '--node-modules-dir=manual', file])
  })
})

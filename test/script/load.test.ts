import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { importWithJiti, loadModule, loadRevision } from '../../src/script/load.ts'
import { readScript } from '../../src/script/script-directory.ts'
import { revisionFolder, tsText } from './revision-folder.ts'

const LOADER = fileURLToPath(new URL('../../dist/src/script/load.js', import.meta.url))

/** What `dist` does in a plain Node process, where Node itself or jiti strips the types. */
async function inNode(file: string): Promise<unknown> {
  const code = `
    const { loadModule } = await import(${JSON.stringify(LOADER)})
    const result = await loadModule(${JSON.stringify(file)}).then(
      (found) => Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value)])),
      (error) => ({ ...error.toJSON(), cause: error.cause?.message }),
    )
    console.log(JSON.stringify(result))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '--eval',
    code,
  ])
  return JSON.parse(stdout)
}

describe('a TypeScript module', () => {
  test('is run in a plain Node process, with its imports', async () => {
    const folder = await revisionFolder({
      'package.json': '{ "type": "module" }',
      'models.ts': 'export interface Row { id: number }\nexport const table: string = "t"\n',
      'config.ts':
        "import { table, type Row } from './models.ts'\nexport const rows: Row[] = []\nexport default await Promise.resolve(table)\n",
    })
    expect(await inNode(join(folder, 'config.ts'))).toMatchObject({ default: 't' })
  })

  test('meets one instance of a module that it imports by two ways', async () => {
    const folder = await revisionFolder({
      'package.json': '{ "type": "module" }',
      'table.ts': 'export const table = {}\n',
      'more.ts': "import { table } from './table.ts'\nexport const more = { table }\n",
      'all.ts':
        "import { table } from './table.ts'\nimport { more } from './more.ts'\nexport default table === more.table\n",
    })
    expect(await inNode(join(folder, 'all.ts'))).toMatchObject({ default: 'true' })
    const again = [await importWithJiti(join(folder, 'all.ts'))]
    again.push(await importWithJiti(join(folder, 'all.ts')))
    expect(again).toMatchObject([{ default: true }, { default: true }])
  })

  test('may be written for bundlers, with enums, or for CommonJS packages', async () => {
    const folder = await revisionFolder({
      'package.json': '{ "type": "commonjs" }',
      'models.ts': 'export const table = "t"\n',
      'bare.ts': "import { table } from './models'\nexport default table\n",
      'enum.ts': "enum A { b = 't' }\nexport default A.b\n",
      'esm.ts': "import { sep } from 'node:path'\nexport default sep && 't'\n",
    })
    for (const name of ['bare.ts', 'enum.ts', 'esm.ts']) {
      expect(await inNode(join(folder, name))).toMatchObject({ default: 't' })
    }
  })

  test('that fails names file, line and cause', async () => {
    const folder = await revisionFolder({
      'package.json': '{ "type": "module" }',
      'throws.ts': "const a: number = 1\n\nif (a) throw new Error('no\\nway')\nexport default 1\n",
      'syntax.ts': 'export const a = 1\nexport const b = = 2\n',
      'missing.ts': "import a from './gone.ts'\nexport default a\n",
    })
    expect(await inNode(join(folder, 'throws.ts'))).toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      message: 'throws.ts:3: no',
      file: join(folder, 'throws.ts'),
      line: 3,
      cause: 'no\nway',
    })
    expect(await inNode(join(folder, 'syntax.ts'))).toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      line: 2,
    })
    expect(await inNode(join(folder, 'missing.ts'))).toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      message: expect.stringContaining('gone.ts'),
    })
  })

  test('that throws something else than an error still fails with the code', async () => {
    const folder = await revisionFolder({ 'a.ts': "throw 'words'\n" })
    await expect(loadModule(join(folder, 'a.ts'))).rejects.toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      message: 'a.ts: words',
      cause: 'words',
    })
  })

  test('is run by jiti where Node cannot', async () => {
    const folder = await revisionFolder({
      'a.ts': "export const a: string = 'x'\nexport default { a } satisfies object\n",
    })
    expect(await importWithJiti(join(folder, 'a.ts'))).toMatchObject({
      a: 'x',
      default: { a: 'x' },
    })
  })
})

describe('a .ts revision', () => {
  test('is loaded with its bodies', async () => {
    const folder = await revisionFolder({ 'aaa.ts': tsText() })
    const module = await loadRevision(await readScript(join(folder, 'aaa.ts')))
    expect(module.revision).toBe('aaa')
    expect(module.upgrade).toBeTypeOf('function')
    expect(module.downgrade).toBeTypeOf('function')
  })

  test('needs no downgrade when the revision is irreversible', async () => {
    const text = tsText("export const irreversible = 'gone'").replace(/.*downgrade.*\n/, '')
    const folder = await revisionFolder({ 'aaa.ts': text })
    const module = await loadRevision(await readScript(join(folder, 'aaa.ts')))
    expect(module.downgrade).toBeUndefined()
  })

  test('that runs as another revision than it reads is refused', async () => {
    const folder = await revisionFolder({ 'aaa.ts': tsText() })
    const script = await readScript(join(folder, 'aaa.ts'))
    await writeFile(script.file, tsText().replace('null', "'bbb'"))
    await expect(loadRevision(script)).rejects.toMatchObject({ code: 'LIMBECK_INVALID_FILE' })
  })

  test('with a body that is no function is refused', async () => {
    const text = tsText().replace('async function upgrade() {}', 'const upgrade = 1')
    const folder = await revisionFolder({ 'aaa.ts': text })
    const script = await readScript(join(folder, 'aaa.ts'))
    await expect(loadRevision(script)).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_FILE',
      message: 'aaa.ts: exports no function "upgrade"',
    })
  })
})

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findModels, pathFrom } from '../../src/models/find-models.ts'
import { readModels } from '../../src/models/read-models.ts'
import { importWithJiti } from '../../src/script/load.ts'
import { rootFolder } from '../support/root-folder.ts'

const table = (name: string) =>
  `import { integer, pgTable } from 'drizzle-orm/pg-core'\nexport const ${name} = pgTable('${name}', { id: integer().primaryKey() })\n`

function project(files: Readonly<Record<string, string>>): string {
  const root = rootFolder()
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'))
  return root
}

async function tables(...models: readonly string[]) {
  const schema = await readModels({ models, casing: undefined, signal: undefined })
  return schema.tables.map(({ name }) => name).toSorted()
}

const several = () =>
  project({
    'db/a.ts': table('a'),
    'db/b.ts': table('b'),
    'db/deep/c.ts': table('c'),
    'db/a.test.ts': 'throw new Error("a test")',
    'db/types.d.ts': 'export {}',
    'db/notes.md': '',
  })

test('a folder is the modules in it', async () => {
  expect(await tables(join(several(), 'db'))).toEqual(['a', 'b'])
})

test('a pattern is what fits it', async () => {
  const root = several()
  expect(await tables(join(root, 'db/*.ts'))).toEqual(['a', 'b'])
  expect(await tables(join(root, 'db/**/*.ts'))).toEqual(['a', 'b', 'c'])
  expect(await tables(join(root, 'db/{b,deep/c}.ts'))).toEqual(['b', 'c'])
  expect(await tables(join(root, 'db/[ab].ts'))).toEqual(['a', 'b'])
})

test('a list is all of its places, and a module that is named twice is read once', async () => {
  const root = several()
  expect(await tables(join(root, 'db/a.ts'), join(root, 'db/deep'), join(root, 'db'))).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('two modules may export other tables by the same name', async () => {
  const root = project({ 'a.ts': table('t'), 'b.ts': table('t').replace("'t'", "'u'") })
  expect(await tables(join(root, '*.ts'))).toEqual(['t', 'u'])
})

test('a file may be named without its ending', async () => {
  expect(await tables(join(several(), 'db/a'))).toEqual(['a'])
})

test('imports by an alias of tsconfig.json are resolved', async () => {
  const root = project({
    'tsconfig.json':
      '{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"], "~db": ["./src/db/index.ts"] } } }',
    'src/db/users.ts': table('users'),
    'src/db/index.ts': "export * from '@/db/users'",
    'src/schema.ts': "export * from '~db'",
  })
  expect(Object.keys(await importWithJiti(join(root, 'src/schema.ts')))).toEqual(['users'])
})

test('a tsconfig.json that cannot be read does not matter to models without aliases', async () => {
  const root = project({ 'tsconfig.json': '{ "extends": "./gone.json" }', 'a.ts': table('a') })
  expect(await tables(join(root, 'a.ts'))).toEqual(['a'])
  expect(Object.keys(await importWithJiti(join(root, 'a.ts')))).toEqual(['a'])
  const extending = project({
    'tsconfig.json': '{ "extends": "@gone/tsconfig/base.json" }',
    'a.ts': table('a'),
  })
  expect(Object.keys(await importWithJiti(join(extending, 'a.ts')))).toEqual(['a'])
})

test('a package is found by its name, and is no path for another working directory', async () => {
  expect(pathFrom('/project', 'drizzle-orm')).toBe('drizzle-orm')
  const root = several()
  expect(pathFrom(root, './db')).toBe(join(root, 'db'))
  expect(pathFrom(root, 'db')).toBe(join(root, 'db'))
  expect(pathFrom(root, 'db/*.ts')).toBe(join(root, 'db/*.ts'))
})

test('a path where there is nothing is named', () => {
  expect(() => findModels('./gone/*.ts', '/tmp')).toThrow(
    '*.ts: no module matches this pattern (/tmp/gone/*.ts)',
  )
  expect(() => findModels('./gone.ts', '/tmp')).toThrow('gone.ts: module not found (/tmp/gone.ts)')
})

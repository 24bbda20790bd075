import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { init } from '../../src/commands/init.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { configOf, tempFolder } from './temp-folder.ts'

test.for<Record<string, string>>([
  { 'migrations/meta/_journal.json': '{}', 'migrations/0000_x.sql': '' },
  { 'migrations/20261121020304_x/snapshot.json': '{}' },
])('the folder of drizzle-kit is left alone, and nothing is made: %o', async (files) => {
  const root = tempFolder(files)
  await expect(init({ root })).rejects.toMatchObject({ code: 'LIMBECK_FILE_EXISTS' })
  expect(readdirSync(root)).toEqual(['migrations'])
})

test('a drizzle-kit project keeps its folder, its ledger and all that drizzle.config.ts says of the models', async () => {
  const root = tempFolder({
    'drizzle.config.ts':
      "export default defineConfig({ dialect: 'postgresql', schema: ['./src/a.ts', './src/b.ts'], out: './db/out', casing: 'snake_case', tablesFilter: ['app_*', '!app_old'], schemaFilter: ['public', 'auth'], migrations: { table: 'done', schema: 'ops' } })",
    'src/a.ts': '',
    'src/b.ts': '',
    'db/out/meta/_journal.json': '{"entries":[]}',
  })
  const report = await init({ root })
  expect(report.history).toBe('db/out')
  expect(report.taken).toEqual({
    file: 'drizzle.config.ts',
    settings: ['schema', 'out', 'casing', 'schemaFilter', 'tablesFilter', 'migrations'],
  })
  expect(configOf(root)).toBe(`import type { ConfigFile } from 'limbeck'

export default {
  // The service takes it too. Without a url here the command line takes DATABASE_URL from the environment or from .env.
  migrations: ['db/out', 'migrations'],
  models: ['src/a.ts', 'src/b.ts'],
  ledger: { tool: 'drizzle', schema: 'ops', table: 'done' },
  casing: 'snake_case',
  autogenerate: { include: ['app_*'], exclude: ['app_old'], schemas: ['auth'] },
} satisfies ConfigFile
`)
  expect(report.next.join('\n')).toContain('npx limbeck doctor')
})

test('a pattern of models and a folder of drizzle-kit called migrations', async () => {
  const root = tempFolder({
    'drizzle.config.ts': "export default { schema: './src/db/*.ts', out: './migrations' }",
    'migrations/20260101000000_x/migration.sql': '',
  })
  await init({ root })
  expect(configOf(root)).toContain("migrations: ['migrations', 'revisions']")
  expect(configOf(root)).toContain("models: 'src/db/*.ts'")
  expect(configOf(root)).toContain("ledger: 'drizzle'")
})

test.each<readonly [what: string, file: string, text: string]>([
  [
    'constants',
    'drizzle.config.ts',
    "const out = './db/sql'\nconst tables: string = './db/tables.ts'\nexport default { out, schema: tables }",
  ],
  [
    'paths beside the file',
    'drizzle.config.mjs',
    "export default { out: path.join(__dirname, 'db/sql'), schema: fileURLToPath(new URL('./db/tables.ts', import.meta.url)) }",
  ],
  [
    'paths of the working directory, over several lines',
    'drizzle.config.ts',
    "const to = relative(\n  process.cwd(),\n  fileURLToPath(new URL('./db/sql', import.meta.url))\n)\nexport default { out: to, schema: resolve(process.cwd(), './db/tables.ts') } satisfies Config",
  ],
  [
    'what stands for a missing variable',
    'drizzle.config.ts',
    "export default { out: process.env.OUT ?? './db/sql', schema: process.env['TABLES'] || './db/tables.ts' }",
  ],
  [
    'a file that a script names',
    'db/drizzle.config.ts',
    "export default { out: './db/sql', schema: join(import.meta.dirname, 'tables.ts') }",
  ],
])('drizzle.config with %s', async (_, file, text) => {
  const scripts = { generate: 'drizzle-kit generate --config=./db/drizzle.config.ts' }
  const root = tempFolder({
    'package.json': JSON.stringify({ scripts }),
    [file]: text,
    'db/tables.ts': '',
    'db/sql/meta/_journal.json': '{"entries":[]}',
  })
  expect(await init({ root })).toMatchObject({ history: 'db/sql', models: 'db/tables.ts' })
})

test('where no configuration of drizzle-kit is found, its folder is, and a pattern is not imported', async () => {
  const root = tempFolder({ 'src/db/migrations/meta/_journal.json': '{"entries":[]}' })
  expect((await init({ root })).history).toBe('src/db/migrations')
  const glob = tempFolder({ 'drizzle.config.ts': "export default { schema: './src/*.sql.ts' }" })
  const { models, next } = await init({ root: glob })
  expect(models).toBe('src/*.sql.ts')
  expect(next.join('\n')).not.toContain('import * as models')
})

test("the variable that drizzle-kit's URL comes from stays the one to set, and says which database is looked at", async () => {
  const database = await createDatabase()
  const files = {
    'drizzle.config.ts':
      "if (!process.env.POSTGRES_URL) throw new Error('set it')\nexport default { out: './sql', dbCredentials: { url: process.env.POSTGRES_URL! } }",
    'sql/meta/_journal.json': '{"entries":[]}',
  }
  const root = tempFolder(files)
  const { taken, next } = await init({ root })
  expect(taken?.settings).toEqual(['out', 'dbCredentials.url'])
  expect(configOf(root)).toContain("  url: process.env.POSTGRES_URL ?? '',\n")
  expect(next.join('\n')).toContain('export POSTGRES_URL=postgres://')
  expect(next.at(-1)).toContain("url: process.env.POSTGRES_URL ?? ''")
  await writeFile(join(root, '.env'), `POSTGRES_URL=${database.url}\n`)
  const again = await run(['init'], { cwd: root })
  expect(again.stdout).toContain('The database is empty: the folder sql is read as it is')
})

test('a folder with SQL that is no revision is not taken for ours', async () => {
  const root = tempFolder({ 'migrations/20260714000000_baseline.sql': 'CREATE TABLE t ();' })
  const { created } = await init({ root })
  expect(created).toContain(join(root, 'revisions/.gitkeep'))
  expect(configOf(root)).toContain("migrations: 'revisions'")
})

test('names inside of other settings are not taken for settings: introspect, credentials, entities', async () => {
  const root = tempFolder({
    'drizzle.config.ts': `export default defineConfig({
      introspect: { casing: 'camel' }, // it's for pull
      entities: { roles: { provider: 'supabase', exclude: ['out'] } },
      migrations: { prefix: 'timestamp', table: 'done', schema: 'public' },
      dbCredentials: { schema: 'no', url: \`\${process.env.PG_URL}\`, ssl: { casing: 'snake_case' } },
      studio: { schema: 'no', out: 'no' },
      schema: './src/{a,b}/*.ts', out: './sql',
    })`,
    'sql/meta/_journal.json': '{"entries":[]}',
  })
  const { taken } = await init({ root })
  expect(taken?.settings).toEqual(['schema', 'out', 'migrations'])
  expect(configOf(root)).toContain("models: 'src/{a,b}/*.ts'")
  expect(configOf(root)).toContain("ledger: { tool: 'drizzle', schema: 'public', table: 'done' }")
  expect(configOf(root)).not.toContain('casing')
})

test.each<readonly [what: string, file: string, scripts: Record<string, string>]>([
  ['of its own name', 'drizzle-dev.config.ts', {}],
  ['named after its purpose', 'drizzle.config.prod.ts', {}],
  [
    'of several that scripts name',
    'configs/pg.config.ts',
    {
      a: 'drizzle-kit generate --config ./configs/mysql.config.ts',
      b: 'drizzle-kit generate --config ./configs/pg.config.ts',
    },
  ],
])('a configuration %s is read, one for another database is not', async (_, file, scripts) => {
  const root = tempFolder({
    'package.json': JSON.stringify({ scripts }),
    'drizzle.config.ts': "export default { dialect: 'sqlite', schema: './lite.ts', out: './lite' }",
    'configs/mysql.config.ts': "export default { dialect: 'mysql', out: './mysql' }",
    [file]: "export default { dialect: 'postgresql', schema: './src/tables.ts', out: './pg' }",
    'src/tables.ts': '',
    'lite.ts': '',
    'pg/meta/_journal.json': '{"entries":[],"dialect":"postgresql"}',
  })
  const { history, models, taken, skipped } = await init({ root })
  expect({ history, models, file: taken?.file }).toEqual({
    history: 'pg',
    models: 'src/tables.ts',
    file,
  })
  expect(skipped).toContainEqual({ file: join(root, 'drizzle.config.ts'), reason: 'is for sqlite' })
})

test.each<readonly [files: Record<string, string>, models: string]>([
  [
    { 'index.ts': 'export * from \'./a\'\nexport * from "./b.js"', 'a.ts': '', 'b.ts': '' },
    'db/index.ts',
  ],
  [{ 'index.ts': "export * from './a'", 'a.ts': '', 'b.ts': '' }, 'db'],
  [{ 'a.ts': '', 'b.ts': '' }, 'db'],
  [{ 'tables.ts': '', 'tables.test.ts': '' }, 'db/tables.ts'],
])('a folder of models is read whole: %o', async (files, models) => {
  const inside = Object.entries(files).map(([name, text]) => [`db/${name}`, text])
  const root = tempFolder({
    ...Object.fromEntries(inside),
    'drizzle.config.ts': "export default { schema: './db' }",
  })
  expect((await init({ root })).models).toBe(models)
})

test('a folder of migrations that holds scripts of the project stays theirs', async () => {
  const root = tempFolder({
    'drizzle.config.ts': "export default { out: './migrations/postgresql' }",
    'migrations/run-seed.ts': 'await seed()',
    'migrations/postgresql/meta/_journal.json': '{"entries":[]}',
  })
  await init({ root })
  expect(configOf(root)).toContain("migrations: ['migrations/postgresql', 'revisions']")
})

test('at the root of a monorepo the package is named that drizzle-kit is configured in', async () => {
  const root = tempFolder({
    'package.json': '{ "workspaces": ["packages/*"] }',
    'packages/db/drizzle.config.ts': "export default { dialect: 'postgresql' }",
    'packages/lite/drizzle.config.ts': "export default { dialect: 'sqlite' }",
  })
  await expect(init({ root })).rejects.toMatchObject({
    code: 'LIMBECK_FOLDER_MISSING',
    message: 'nothing of a database is here: drizzle-kit is configured in packages/db',
  })
  expect(readdirSync(root).toSorted()).toEqual(['package.json', 'packages'])
  expect((await init({ root, folder: 'migrations' })).created).toHaveLength(2)
  expect((await init({ root: join(root, 'packages/db') })).created).toHaveLength(2)
})

test('migrations that cannot be read are not said to be the fault of the database', async () => {
  const { url } = await createDatabase()
  const root = tempFolder({
    'drizzle.config.ts': "export default { out: './sql' }",
    'sql/meta/_journal.json': '{"entries":[{"idx":0,"when":1,"tag":"0000_x","breakpoints":true}]}',
  })
  const { next } = await init({ root, url })
  expect(next.join('\n')).toContain('Mend the migrations, which could not be read: ')
  expect(next.join('\n')).not.toContain('Make the database answer')
})

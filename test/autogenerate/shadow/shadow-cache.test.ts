import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { check, index, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { compareWithDatabase } from '../../../src/autogenerate/compare-with-database.ts'
import type { TextCache } from '../../../src/autogenerate/shadow/shadow-key.ts'
import { fileCache } from '../../../src/changes/file-cache.ts'
import { schemaFromModels } from '../../../src/models/from-drizzle/schema-from-models.ts'
import type { TestDatabase } from '../../support/postgres.ts'
import { connected, databaseOf, databaseWith } from '../comparing.ts'

const people = (lower = 'lower') => ({
  people: pgTable('people', { name: text().notNull() }, (table) => [
    index('people_name').on(sql`${sql.raw(lower)}(${table.name})`),
    check('named', sql`${table.name} <> ''`),
  ]),
})

/** Compares, and tells beside what was found whether a schema was made for it. */
async function compare(
  { url }: TestDatabase,
  cache: TextCache,
  models: Readonly<Record<string, unknown>> = people(),
) {
  return await connected(url, async (connection) => {
    let isBuilt = false
    const query: typeof connection.query = (statement, onRow) => {
      isBuilt ||= statement.includes('CREATE SCHEMA')
      return connection.query(statement, onRow)
    }
    const { before, after, warnings } = await compareWithDatabase(
      { ...connection, query },
      schemaFromModels(models),
      {
        schema: 'public',
        schemas: [],
        isCompared: () => true,
        renames: [],
        tables: { schema: 'public', version: 'limbeck_version' },
        cache,
      },
    )
    return { isBuilt, before, after, warnings }
  })
}

/** A comparison that is spared. Roles are the whole server's: another test may make one right now, and the next time it holds. */
function spared(...given: Parameters<typeof compare>) {
  return vi.waitFor(
    async () => {
      const found = await compare(...given)
      expect(found.isBuilt).toBe(false)
      return found
    },
    { timeout: 50_000 },
  )
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-cache-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const filesIn = (modules: string) => {
  const folder = path.join(modules, '.cache', 'limbeck')
  return readdir(folder).then((names) => names.map((name) => path.join(folder, name)))
}

describe('the cache of the shadow', () => {
  test('spares building what was built before, and says the same', async () => {
    const database = await databaseOf(people())
    const cache = fileCache(await newFolder())
    const first = await compare(database, cache)
    expect(first.isBuilt).toBe(true)
    expect(first.after).toEqual(first.before)
    expect(await spared(database, cache)).toEqual({ ...first, isBuilt: false })
    await database.query('INSERT INTO people VALUES ($$x$$); ANALYZE people')
    await spared(database, cache)
    expect((await compare(database, cache, people('upper'))).isBuilt).toBe(true)
  })

  test.each([
    'CREATE FUNCTION near(text) RETURNS text IMMUTABLE RETURN $1',
    'CREATE EXTENSION pg_trgm',
    'CREATE TABLE other (id int)',
    'ALTER TABLE people ADD note text',
    'CREATE SCHEMA more',
    'CREATE TYPE mood AS ENUM ()',
    'CREATE DOMAIN age AS int',
    `ALTER DATABASE CURRENT SET "IntervalStyle" = 'iso_8601'`,
  ])('knows nothing of a server that has changed: %s', async (statement) => {
    const database = await databaseOf(people())
    const cache = fileCache(await newFolder())
    await compare(database, cache)
    await database.query(statement.replace('CURRENT', `"${database.name}"`))
    expect((await compare(database, cache)).isBuilt).toBe(true)
    await spared(database, cache)
  })

  test('is not asked where only the server can tell whether two texts mean the same', async () => {
    const database = await databaseOf(people())
    await database.query(
      `ALTER TABLE people DROP CONSTRAINT named, ADD CONSTRAINT named CHECK (name > '')`,
    )
    const cache = fileCache(await newFolder())
    const first = await compare(database, cache)
    expect(await compare(database, cache)).toEqual({ ...first, isBuilt: true })
  })

  test('keeps nothing that could not be built, and nothing where event triggers meddle', async () => {
    const cache = fileCache(await newFolder())
    const broken = await databaseWith()
    for (const _ of [1, 2]) {
      const { isBuilt, warnings } = await compare(broken, cache, people('no_such'))
      expect([isBuilt, warnings.length]).toEqual([true, 1])
    }
    await broken.query(`CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER meddling ON ddl_command_end EXECUTE FUNCTION meddle()`)
    for (const _ of [1, 2]) expect((await compare(broken, cache)).isBuilt).toBe(true)
  })

  test('survives files that are truncated, of another key or not its own', async () => {
    const database = await databaseOf(people())
    const modules = await newFolder()
    const cache = fileCache(modules)
    const first = await compare(database, cache)
    await compare(database, cache, people('upper'))
    const [file = '', other = ''] = await filesIn(modules)
    const texts = [
      (await readFile(file, 'utf8')).slice(0, -1),
      await readFile(other, 'utf8'),
      '',
      'null',
    ]
    for (const content of texts) {
      await Promise.all([file, other].map((name) => writeFile(name, content)))
      const { after } = await compare(database, cache)
      expect(after).toEqual(first.after)
    }
    // Also the files of a key that came with a role that another test made meanwhile.
    for (const name of await filesIn(modules)) {
      await rm(name)
      await mkdir(name)
    }
    expect(await compare(database, cache)).toEqual(first)
  })

  test('keeps a few files only, and none without node_modules', async () => {
    const modules = await newFolder()
    const cache = fileCache(modules)
    for (let key = 0; key < 12; key++) await cache.write(`${key}`, 'text')
    expect((await filesIn(modules)).length).toBe(8)
    expect(await cache.read('11')).toBe('text')
    const nowhere = path.join(modules, 'none')
    await fileCache(nowhere).write('1', 'text')
    expect(await fileCache(nowhere).read('1')).toBeUndefined()
    await expect(readdir(nowhere)).rejects.toThrow('ENOENT')
  })
})

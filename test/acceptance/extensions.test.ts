import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, inject, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { newCluster } from '../support/cluster.ts'
import { newDatabase } from '../support/database.ts'

type Models = Readonly<Record<string, unknown>>

const type = (name: string) => pg.customType<{ data: string }>({ dataType: () => name })
const citext = type('citext')
const ltree = type('ltree')

/** Where Debian's packages are; PostGIS is built for its server alone. */
const debian = '/usr/lib/postgresql/15/bin'
const postgis = '/usr/share/postgresql/15/extension/postgis.control'

/** Goes from one set of models to the next and back, rows included; nothing is left to say at any of them. */
async function thereAndBack(
  serverUrl: string,
  extension: string,
  states: readonly Models[],
  rows: string,
) {
  const database = await newDatabase(serverUrl)
  const root = tempFolder({ 'migrations/.gitkeep': '' })
  const limbeck = (models: Models) =>
    createMigrator({ url: database.url, migrations: join(root, 'migrations'), models })
  const [first = {}] = states
  try {
    await database.query(`CREATE EXTENSION ${extension}`)
    const written: number[] = []
    for (const models of states) {
      const message = `state ${written.length}`
      const { revisions } = await limbeck(models).autogenerate({ message, allowDataLoss: true })
      expect(revisions.length).toBeGreaterThan(0)
      written.push(revisions.length)
      await limbeck(models).upgrade()
      expect(await limbeck(models).diff()).toEqual({ changes: [], warnings: [] })
      if (models === first) await database.query(rows)
    }
    for (const [at, count] of [...written.entries()].slice(1).reverse()) {
      for (let left = count; left > 0; left -= 1) await limbeck(first).downgrade('-1')
      expect((await limbeck(states[at - 1] ?? {}).diff()).changes).toEqual([])
    }
  } finally {
    await database.drop()
  }
}

test('citext: columns, keys, defaults, arrays, to text and back', async () => {
  const users = (
    email: ReturnType<typeof citext>,
    more: Record<string, ReturnType<typeof citext>>,
  ) => ({
    users: pg.pgTable('users', { id: pg.integer().primaryKey(), email, ...more }),
  })
  await thereAndBack(
    inject('serverUrl'),
    'citext',
    [
      users(citext().notNull().unique(), {}),
      users(citext().notNull().unique().default('A@b'), {
        nick: citext().default(sql`'x'::citext`),
      }),
      {
        users: pg.pgTable(
          'users',
          { id: pg.integer().primaryKey(), email: pg.text().notNull(), tags: citext().array() },
          (t) => [pg.check('not_root', sql`${t.email} <> 'root'`), pg.index('by_tags').on(t.tags)],
        ),
      },
    ],
    "INSERT INTO users VALUES (1, 'A@B')",
  )
})

test('ltree: a gist index, its operator class, a generated column', async () => {
  const columns = { id: pg.integer().primaryKey(), path: ltree().notNull() }
  await thereAndBack(
    inject('serverUrl'),
    'ltree',
    [
      { tree: pg.pgTable('tree', columns, (t) => [pg.index('by_path').using('gist', t.path)]) },
      {
        tree: pg.pgTable(
          'tree',
          { ...columns, depth: pg.integer().generatedAlwaysAs(sql`nlevel(path)`) },
          (t) => [
            pg.index('by_path').using('gist', sql`path gist_ltree_ops(siglen=100)`),
            pg.check('not_deep', sql`nlevel(${t.path}) < 9`),
          ],
        ),
      },
      { tree: pg.pgTable('tree', { ...columns, path: pg.text().notNull() }) },
    ],
    "INSERT INTO tree VALUES (1, 'a.b.c')",
  )
})

test('pg_trgm: gin and gist indexes by operator class', async () => {
  const columns = { id: pg.integer().primaryKey(), title: pg.text() }
  await thereAndBack(
    inject('serverUrl'),
    'pg_trgm',
    [
      {
        books: pg.pgTable('books', columns, (t) => [
          pg.index('by_title').using('gin', t.title.op('gin_trgm_ops')),
        ]),
      },
      {
        books: pg.pgTable('books', columns, (t) => [
          pg.index('by_title').using('gist', t.title.op('gist_trgm_ops')),
          pg.index('by_lower').using('gin', sql`lower(${t.title}) gin_trgm_ops`),
        ]),
      },
    ],
    "INSERT INTO books VALUES (1, 'Moby-Dick')",
  )
})

test('PostGIS: geometry of Drizzle and by hand, its indexes, a wider type', async ({ skip }) => {
  if (!existsSync(postgis)) skip('postgresql-15-postgis-3 is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'limbeck-postgis-'))
  const cluster = await newCluster({ folder, programs: debian })
  const id = pg.integer().primaryKey()
  const point = () => pg.geometry({ type: 'point', srid: 4326 })
  const more = {
    near: type('geography(Point,4326)')(),
    area: type('geometry(MultiPolygon,3857)')(),
  }
  const x = pg.doublePrecision().generatedAlwaysAs(sql`ST_X(at)`)
  try {
    await cluster.start()
    await thereAndBack(
      cluster.url,
      'postgis',
      [
        {
          places: pg.pgTable('places', { id, at: point() }, (t) => [
            pg.index('by_at').using('gist', t.at),
          ]),
        },
        {
          places: pg.pgTable('places', { id, at: point().notNull(), ...more, x }, (t) => [
            pg.index('by_at').using('spgist', t.at),
            pg.index('by_near').using('gist', t.near),
            pg.check('north', sql`ST_Y(${t.at}) > 0`),
          ]),
        },
        {
          places: pg.pgTable('places', { id, at: type('geometry')().notNull(), ...more }, (t) => [
            pg.index('by_at').using('gist', sql`${t.at} gist_geometry_ops_nd`),
          ]),
        },
      ],
      'INSERT INTO places VALUES (1, ST_SetSRID(ST_MakePoint(1, 2), 4326))',
    )
  } finally {
    await cluster.remove()
  }
})

test('pgvector: vectors, half-vectors, hnsw', async ({ skip }) => {
  const database = await newDatabase(inject('serverUrl'))
  const found = await database.query("SELECT FROM pg_available_extensions WHERE name = 'vector'")
  await database.drop()
  if (found.length === 0)
    skip('this server does not ship pgvector, and Debian has no package for 15')
  const id = pg.integer().primaryKey()
  await thereAndBack(
    inject('serverUrl'),
    'vector',
    [
      { docs: pg.pgTable('docs', { id, v: pg.vector({ dimensions: 3 }) }) },
      {
        docs: pg.pgTable(
          'docs',
          { id, v: pg.vector({ dimensions: 3 }).notNull(), h: pg.halfvec({ dimensions: 3 }) },
          (t) => [pg.index('by_v').using('hnsw', t.v.op('vector_cosine_ops')).with({ m: 8 })],
        ),
      },
    ],
    "INSERT INTO docs VALUES (1, '[1,2,3]')",
  )
})

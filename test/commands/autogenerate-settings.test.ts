import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { project } from './autogenerate-project.ts'

const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const posts = pg.pgTable('posts', { id: pg.serial().primaryKey(), title: pg.text() })

describe('settings', () => {
  test('include, exclude and ignoreTables leave objects alone on both sides', async () => {
    const { limbeck, query } = await project({
      autogenerate: { include: ['u*', 'kept', 'sh*.*'], exclude: ['*_old'] },
      ignoreTables: ['users_cache'],
    })
    await query('CREATE TABLE users_old (a int); CREATE TABLE users_cache (a int)')
    await query('CREATE TABLE strange (a int); CREATE TABLE kept (a int)')
    const { changes } = await limbeck({ users, posts }).diff()
    const kinds = changes[0]?.operations.map(({ kind }) => kind)
    expect(kinds?.toSorted()).toEqual(['create table', 'drop table'])
  })

  test('comparators may call equal what is spelled differently', async () => {
    const asked: unknown[] = []
    const { limbeck, query } = await project({
      autogenerate: {
        compareType: (before, after, place) => {
          asked.push([before, after, place])
          return true
        },
        compareDefault: () => true,
      },
    })
    await query("CREATE TABLE users (id serial PRIMARY KEY, name varchar(9) DEFAULT 'x' NOT NULL)")
    expect((await limbeck({ users }).diff()).changes).toEqual([])
    expect(asked).toContainEqual([
      'character varying(9)',
      'text',
      { table: 'users', column: 'name' },
    ])
  })

  test('a hook edits the operations of both bodies before they are judged and written', async () => {
    const stages: string[] = []
    const { limbeck, reach } = await project({
      autogenerate: {
        operations: (operations, { direction, stage }) => {
          stages.push(`${direction} ${stage}`)
          return operations.filter((each) => !each.kind.endsWith('table'))
        },
      },
    })
    await reach({ users })
    expect(await limbeck({ users, posts }).autogenerate({ message: 'x' })).toMatchObject({
      revisions: [],
    })
    expect(new Set(stages)).toEqual(new Set(['upgrade main', 'downgrade main']))
  })

  test('a function of the configuration that throws is named, and nothing is written', async () => {
    const fail = () => {
      throw new Error('cannot think')
    }
    const { url, root, reach, files } = await project()
    await reach({ users })
    const failing = (autogenerate: LimbeckOptions['autogenerate']) => {
      const migrations = join(root, 'migrations')
      const limbeck = createMigrator({ url, migrations, models: { users, posts }, autogenerate })
      return limbeck.autogenerate({ message: 'x' })
    }
    await expect(failing({ operations: fail })).rejects.toMatchObject({
      code: 'LIMBECK_HOOK_FAILED',
      message: 'autogenerate.operations threw: cannot think',
    })
    await expect(failing({ compareType: fail })).rejects.toMatchObject({
      message: 'autogenerate.compareType threw: cannot think',
    })
    const forgets = (() => undefined) as never
    await expect(failing({ operations: forgets })).rejects.toMatchObject({
      message: 'autogenerate.operations threw: it has to return the operations',
    })
    expect(files()).toHaveLength(1)
  })

  test('a scratch database may hold the models', async () => {
    const scratch = await createDatabase()
    const { limbeck, reach } = await project({ autogenerate: { shadowUrl: scratch.url } })
    await reach({ users })
    const { changes } = await limbeck({ users, posts }).diff()
    expect(changes[0]?.operations.map(({ kind }) => kind)).toEqual(['create table'])
    expect(await scratch.query('SELECT FROM pg_tables WHERE tablename = $$posts$$')).toEqual([])
  })

  test('schemas that revisions create are compared when no model names them any more', async () => {
    const { limbeck, reach } = await project()
    const shop = pg.pgSchema('shop')
    await reach({ shop, items: shop.table('items', { id: pg.integer() }) })
    const { changes } = await limbeck({}).diff()
    expect(changes[0]?.sql).toContain('DROP SCHEMA "shop"')
  })
})

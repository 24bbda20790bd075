import { sql } from 'drizzle-orm'
import { mysqlTable } from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'

const id = () => pg.integer('id')

describe('schemaFromModels', () => {
  test('casing is applied to columns, expressions and names as drizzle-kit 0.31 does', () => {
    const orgs = pg.pgTable('orgs', { orgId: pg.integer().primaryKey() })
    const users = pg.pgTable(
      'users',
      {
        userName: pg.text().unique(),
        given: pg.text('GivenName'),
        orgId: pg.integer().references(() => orgs.orgId),
      },
      (t) => [pg.index().on(t.userName), pg.check('c', sql`${t.userName} <> ''`)],
    )
    const [table] = schemaFromModels({ users }, { casing: 'snake_case' }).tables
    expect(table?.columns.map((column) => column.name)).toEqual([
      'user_name',
      'GivenName',
      'org_id',
    ])
    expect(table?.uniques[0]?.name).toBe('users_userName_unique')
    expect(table?.indexes[0]?.name).toBe('users_user_name_index')
    expect(table?.checks[0]?.expression).toBe(`"user_name" <> ''`)
    expect(table?.foreignKeys[0]).toMatchObject({
      name: 'users_org_id_orgs_org_id_fk',
      foreignColumns: ['org_id'],
    })
  })

  test('the same table under two names counts once, and so do two equal ones', () => {
    const one = pg.pgTable('t', { id: id() })
    const equal = pg.pgTable('t', { id: id() })
    expect(schemaFromModels({ one, again: one, equal }).tables).toHaveLength(1)
  })

  test('roles are to be created unless they are declared as existing, and so are views', () => {
    const seen = pg.pgView('seen', { id: id() }).existing()
    const schema = schemaFromModels({
      seen,
      boss: pg.pgRole('boss', { createDb: true, inherit: false }),
      anon: pg.pgRole('anon').existing(),
    })
    expect(schema.roles).toEqual([
      { name: 'boss', createDb: true, createRole: false, inherit: false },
    ])
    expect(createStatements(schema)).toEqual(['CREATE ROLE "boss" CREATEDB NOINHERIT'])
    expect(schema.existing).toEqual([{ name: 'seen' }])
  })

  test('parameters stand in place, whatever their type', () => {
    const t = pg.pgTable('t', { id: id(), at: pg.timestamp() }, (self) => [
      pg.check(
        'c',
        sql`${self.id} in ${[1, 2n]} and ${self.at} > ${new Date(0)} and ${true} and ${null} is null`,
      ),
    ])
    expect(schemaFromModels({ t }).tables[0]?.checks[0]?.expression).toBe(
      `"id" in (1, 2) and "at" > '1970-01-01T00:00:00.000Z' and true and NULL is null`,
    )
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a table of another database',
      { t: mysqlTable('my', {}) },
      /^table "my": is not a PostgreSQL table/,
    ],
    [
      'a policy without table',
      { p: pg.pgPolicy('lonely', { using: sql`true` }) },
      /^policy "lonely": belongs to no table/,
    ],
    [
      'two different tables of one name',
      { a: pg.pgTable('t', { id: id() }), b: pg.pgTable('t', { no: pg.text('no') }) },
      /^table "t": is declared twice, and differently: columns/,
    ],
    [
      'two different enums of one name',
      { a: pg.pgEnum('mood', ['ok']), b: pg.pgEnum('mood', ['ok', 'bad']) },
      /^enum "mood": is declared twice, and differently: values \["ok"\] and \["ok","bad"\]$/,
    ],
    [
      'two primary keys',
      { t: pg.pgTable('t', { a: pg.integer().primaryKey(), b: pg.integer().primaryKey() }) },
      /^table "t": has 2 primary keys/,
    ],
    [
      'an expression index without a name',
      { t: pg.pgTable('t', { id: id() }, (t) => [pg.index().on(sql`abs(${t.id})`)]) },
      /^table "t", index: needs a name/,
    ],
    [
      'a placeholder',
      { t: pg.pgTable('t', { id: id() }, () => [pg.check('c', sql`${sql.placeholder('x')}`)]) },
      /^table "t", check "c": .*Placeholder has no literal form/,
    ],
    [
      'a callback that throws',
      {
        t: pg.pgTable('t', { id: id() }, () => {
          throw new Error('boom')
        }),
      },
      /^table "t": its definition cannot be read: boom/,
    ],
    [
      'a foreign key to nothing',
      { t: pg.pgTable('t', { id: pg.integer().references(() => undefined as never) }) },
      /^table "t", foreign key: its target cannot be read/,
    ],
    [
      'a default without literal',
      { t: pg.pgTable('t', { id: pg.text().default({} as never) }) },
      /^table "t", column "id": its default has no literal form/,
    ],
    ['NUL in an enum value', { e: pg.pgEnum('e', ['a\0b']) }, /contains a NUL character/],
  ])('%s is refused by name', (_title, models, message) => {
    expect(() => createStatements(schemaFromModels(models))).toThrow(
      expect.objectContaining({
        code: 'LIMBECK_UNSUPPORTED_MODEL',
        message: expect.stringMatching(message),
      }),
    )
  })
})

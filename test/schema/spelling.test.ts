import { expect, test } from 'vitest'
import { diff } from '../../src/schema/diff.ts'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Schema, Table } from '../../src/schema/schema.ts'
import type { TableSnapshot } from '../../src/schema/snapshot.ts'
import { spellingOf } from '../../src/schema/spelling.ts'
import { column, constraint, index, snapshot, table } from './snapshots.ts'

const model: Table = {
  name: 't',
  columns: [
    { name: 'id', type: { kind: 'sql', sql: 'serial' }, notNull: true },
    { name: 'c', type: { kind: 'sql', sql: 'varchar(3)' }, notNull: false, default: "'x'" },
  ],
  primaryKey: { columns: ['id'] },
  uniques: [{ columns: ['c'], nullsNotDistinct: false }],
  checks: [{ name: 'short', expression: 'length(c) < 3' }],
  foreignKeys: [],
  indexes: [
    {
      name: 'i',
      unique: false,
      method: 'btree',
      elements: [{ kind: 'column', column: 'c', descending: true, nullsFirst: true }],
      storage: {},
    },
  ],
  policies: [],
  rowSecurity: false,
}
const models: Schema = {
  roles: [],
  schemas: [],
  enums: [],
  sequences: [],
  tables: [model],
  views: [],
  existing: [],
}
const after = table('t', {
  columns: [
    column('id', { serial: true, notNull: true }),
    column('c', { type: 'character varying(3)', default: "'x'::character varying" }),
  ],
  constraints: [
    constraint('short', 'check', 'c', { definition: 'CHECK ((length((c)::text) < 3))' }),
    constraint('t_c_key', 'unique', 'c'),
    constraint('t_pkey', 'primary key', 'id'),
  ],
  indexes: [index('i', 'c', { definition: 'USING btree (c DESC)' })],
})

const upgrade = (from: readonly TableSnapshot[], to: TableSnapshot) =>
  diff(snapshot({ tables: from }), snapshot({ tables: [to] })).flatMap((operation) =>
    operationStatements(operation, { spelling: spellingOf(models) }),
  )

test('a new table is said as its model says it', () => {
  expect(upgrade([], after)).toEqual([
    `CREATE TABLE "t" (
  "id" serial PRIMARY KEY,
  "c" varchar(3) DEFAULT 'x',
  UNIQUE ("c"),
  CONSTRAINT "short" CHECK (length(c) < 3)
)`,
    'CREATE INDEX "i" ON "t" ("c" DESC)',
  ])
})

test('so are the parts of a table that stays', () => {
  expect(upgrade([table('t', { columns: [column('c', { type: 'text' })] })], after)).toEqual([
    'ALTER TABLE "t" ADD COLUMN "id" serial NOT NULL',
    'ALTER TABLE "t" ALTER COLUMN "c" TYPE varchar(3)',
    `ALTER TABLE "t" ALTER COLUMN "c" SET DEFAULT 'x'`,
    'ALTER TABLE "t" ADD CONSTRAINT "t_pkey" PRIMARY KEY ("id")',
    'ALTER TABLE "t" ADD CONSTRAINT "t_c_key" UNIQUE ("c")',
    'ALTER TABLE "t" ADD CONSTRAINT "short" CHECK (length(c) < 3)',
    'CREATE INDEX "i" ON "t" ("c" DESC)',
  ])
})

test('what models cannot say is said by PostgreSQL', () => {
  const [short, unique, key] = after.constraints
  const deferrable = { ...unique, full: 'UNIQUE (c) DEFERRABLE' } as typeof unique
  const live = { ...after, constraints: [short, deferrable, key] } as TableSnapshot
  expect(upgrade([{ ...after, constraints: after.constraints.slice(0, 1) }], live)).toContain(
    'ALTER TABLE "t" ADD CONSTRAINT "t_c_key" UNIQUE (c) DEFERRABLE',
  )
})

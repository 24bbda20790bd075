import { describe, expect, test } from 'vitest'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { stageOperations, stages } from '../../src/schema/stages.ts'
import { column, constraint, foreignKey, index, snapshot, table } from './snapshots.ts'

/** Each stage's statements, there and back. */
const stagesOf = (from: Partial<Snapshot>, to: Partial<Snapshot>) =>
  stages(snapshot(from), snapshot(to)).map((stage) => {
    const options = { online: stage.kind === 'online' }
    const sqlOf = (direction: 'upgrade' | 'downgrade') =>
      stageOperations(stage, direction).flatMap((operation) =>
        operationStatements(operation, options),
      )
    return [stage.kind, sqlOf('upgrade'), sqlOf('downgrade')]
  })

describe('stages', () => {
  test('without a change there is no stage', () => {
    expect(stagesOf({ tables: [table('t')] }, { tables: [table('t')] })).toEqual([])
  })

  test('objects of a new table come with it', () => {
    const created = table('t', { indexes: [index('i', 'id')] })
    expect(stagesOf({}, { tables: [created] }).map(([kind]) => kind)).toEqual(['main'])
  })

  test('enum values are committed before anything uses them', () => {
    const e = { type: 'e', enum: { name: 'e' } }
    const all = stagesOf(
      {
        enums: [{ name: 'e', values: ['a'] }],
        tables: [table('t', { columns: [column('c', e)] })],
      },
      {
        enums: [{ name: 'e', values: ['a', 'b'] }],
        tables: [table('t', { columns: [column('c', { ...e, default: `'b'::e` })] })],
      },
    )
    expect(all.map(([kind, up]) => [kind, up])).toEqual([
      ['enum values', [`ALTER TYPE "e" ADD VALUE 'b'`]],
      ['main', [`ALTER TABLE "t" ALTER COLUMN "c" SET DEFAULT 'b'::e`]],
    ])
  })

  test('on a table that is there already, what can be made online is', () => {
    const from = table('t', { columns: [column('id'), column('u')] })
    const to = table('t', {
      columns: [column('id', { notNull: true }), column('u')],
      constraints: [
        constraint('c', 'check', 'u'),
        constraint('t_u_key', 'unique', 'u'),
        foreignKey('k', 'u', 'v'),
      ],
      indexes: [index('i', 'u')],
    })
    expect(stagesOf({ tables: [from, table('v')] }, { tables: [to, table('v')] })).toEqual([
      [
        'online',
        [
          'ALTER TABLE "t" ADD CONSTRAINT "id_is_not_null" CHECK ("id" IS NOT NULL) NOT VALID',
          'ALTER TABLE "t" VALIDATE CONSTRAINT "id_is_not_null"',
          'ALTER TABLE "t" ALTER COLUMN "id" SET NOT NULL',
          'ALTER TABLE "t" DROP CONSTRAINT "id_is_not_null"',
          'CREATE UNIQUE INDEX CONCURRENTLY "t_u_key" ON "t" ("u")',
          'ALTER TABLE "t" ADD CONSTRAINT "t_u_key" UNIQUE USING INDEX "t_u_key"',
          'ALTER TABLE "t" ADD CONSTRAINT "c" CHECK ((u > 0)) NOT VALID',
          'ALTER TABLE "t" VALIDATE CONSTRAINT "c"',
          'CREATE INDEX CONCURRENTLY "i" ON "t" USING btree (u)',
          'ALTER TABLE "t"\n  ADD CONSTRAINT "k" FOREIGN KEY (u)\n  REFERENCES v(id) NOT VALID',
          'ALTER TABLE "t" VALIDATE CONSTRAINT "k"',
        ],
        [
          'ALTER TABLE "t" DROP CONSTRAINT "k"',
          'DROP INDEX CONCURRENTLY "i"',
          'ALTER TABLE "t" DROP CONSTRAINT "c"',
          'ALTER TABLE "t" DROP CONSTRAINT "t_u_key"',
          'ALTER TABLE "t" ALTER COLUMN "id" DROP NOT NULL',
        ],
      ],
    ])
  })

  test('a changed index is built beside the old one, and takes its place at once', () => {
    const all = stagesOf(
      { tables: [table('t', { indexes: [index('i', 'id')] })] },
      { tables: [table('t', { indexes: [index('i', 'id DESC', { reads: ['id'] })] })] },
    )
    const swap = (definition: string) => [
      `CREATE INDEX CONCURRENTLY "i__new" ON "t" USING btree (${definition})`,
      'BEGIN',
      'DROP INDEX "i"',
      'ALTER INDEX "i__new" RENAME TO "i"',
      'COMMIT',
    ]
    expect(all).toEqual([['online', swap('id DESC'), swap('id')]])
  })

  test('a foreign key of a new table waits for the unique constraint that is built online', () => {
    const target = table('v', { constraints: [constraint('v_id_key', 'unique', 'id')] })
    const created = table('t', { constraints: [foreignKey('k', 'id', 'v')] })
    const all = stagesOf({ tables: [table('v')] }, { tables: [created, target] })
    expect(all.map(([kind, up]) => [kind, up])).toEqual([
      ['main', ['CREATE TABLE "t" (\n  "id" integer\n)']],
      [
        'online',
        [
          'CREATE UNIQUE INDEX CONCURRENTLY "v_id_key" ON "v" ("id")',
          'ALTER TABLE "v" ADD CONSTRAINT "v_id_key" UNIQUE USING INDEX "v_id_key"',
          'ALTER TABLE "t"\n  ADD CONSTRAINT "k" FOREIGN KEY (id)\n  REFERENCES v(id) NOT VALID',
          'ALTER TABLE "t" VALIDATE CONSTRAINT "k"',
        ],
      ],
    ])
  })

  test('partitioned tables take no online form', () => {
    const parts = { special: true }
    const all = stagesOf(
      { tables: [table('t', parts)] },
      { tables: [table('t', { ...parts, indexes: [index('i', 'id')] })] },
    )
    expect(all.map(([kind]) => kind)).toEqual(['main'])
  })
})

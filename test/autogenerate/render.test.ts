import { describe, expect, test } from 'vitest'
import { renderOperations, revisionContent, revisionLosses } from '../../src/autogenerate/render.ts'
import type { Operation } from '../../src/schema/operation.ts'
import { spellingOf } from '../../src/schema/spelling.ts'
import { readSqlBodies } from '../../src/script/bodies.ts'
import { readScript } from '../../src/script/script-directory.ts'
import { renderRevision } from '../../src/script/template.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { column, index, table, view } from '../schema/snapshots.ts'

const t = { name: 't' }
const dropColumn = (name: string): Operation => ({
  kind: 'drop column',
  table: t,
  column: column(name),
})
const addColumn = (name: string, rest = {}): Operation => ({
  kind: 'add column',
  table: t,
  column: column(name, rest),
})
const noModels = spellingOf({
  schemas: [],
  roles: [],
  enums: [],
  sequences: [],
  tables: [],
  views: [],
  existing: [],
})

describe('a body', () => {
  test('has an empty line between changes, and none between short ones of a kind', () => {
    const operations: readonly Operation[] = [
      { kind: 'create table', table: table('u') },
      addColumn('a'),
      addColumn('b'),
      { ...addColumn('c'), table: { name: 'u' } } as Operation,
      { kind: 'create index', table: t, index: index('i', 'a') },
    ]
    expect(renderOperations(operations, 'upgrade')).toBe(`CREATE TABLE "u" (
  "id" integer
);

ALTER TABLE "t" ADD COLUMN "a" integer;
ALTER TABLE "t" ADD COLUMN "b" integer;

ALTER TABLE "u" ADD COLUMN "c" integer;

CREATE INDEX "i" ON "t" USING btree (a);`)
  })

  test('without a change is empty', () => {
    expect(renderOperations([], 'upgrade')).toBe('')
  })

  test('ends a statement that ends in a comment on a line of its own', () => {
    const query = 'SELECT 1 -- one'
    const text = renderOperations([{ kind: 'create view', view: view('v', { query }) }], 'upgrade')
    expect(text).toMatch(/SELECT 1 -- one\n;$/)
  })
})

describe('what has to be known stands above the statement', () => {
  test.for<[string, Operation, 'upgrade' | 'downgrade', string | null]>([
    ['a drop', dropColumn('a'), 'upgrade', 'data loss: all values of "t"."a"'],
    ['a drop in the downgrade', dropColumn('a'), 'downgrade', 'data loss: all values of "t"."a"'],
    [
      'a column that comes back',
      addColumn('a'),
      'downgrade',
      'the column comes back, its values do not',
    ],
    ['a column that is new', addColumn('a'), 'upgrade', null],
    [
      'a column that rows need a value for',
      addColumn('a', { notNull: true }),
      'upgrade',
      'fails where the table has rows: NOT NULL, and no default',
    ],
    ['one that fills itself', addColumn('a', { notNull: true, default: '1' }), 'upgrade', null],
    ['a generated one', addColumn('a', { generated: '1' }), 'downgrade', null],
    [
      'a table that comes back',
      { kind: 'create table', table: table('t') },
      'downgrade',
      'the table comes back, its rows do not',
    ],
    ['a table that is new', { kind: 'create table', table: table('t') }, 'upgrade', null],
    [
      'a column that must have a value',
      {
        kind: 'alter column',
        table: t,
        before: column('a'),
        after: column('a', { notNull: true }),
      },
      'upgrade',
      'fails while a row has no value in it',
    ],
    [
      'a text that becomes one of an enum',
      {
        kind: 'alter column',
        table: t,
        before: column('a', { type: 'text' }),
        after: column('a', { type: 'mood', enum: { name: 'mood' } }),
      },
      'upgrade',
      'fails while a row has a value that the enum "mood" has not',
    ],
    [
      'a numeric that becomes an integer',
      {
        kind: 'alter column',
        table: t,
        before: column('a', { type: 'numeric(4,0)' }),
        after: column('a', { type: 'integer' }),
      },
      'upgrade',
      'fails while a row has NaN',
    ],
  ])('%s is said', ([, operation, direction, note]) => {
    const lines = renderOperations([operation], direction).split('\n')
    const notes = lines.filter((line) => line.startsWith('-- '))
    expect(notes).toEqual(note === null ? [] : [`-- ${note}`])
    expect(lines[0]?.startsWith('--')).toBe(note !== null)
  })

  test('and stays a comment, as the statement stays one, whatever a name holds', async () => {
    const upgrade = renderOperations(
      [dropColumn('x\n-- +downgrade\nDROP TABLE users; --')],
      'upgrade',
    )
    const content = { upgrade, downgrade: 'SELECT 1;' }
    const text = renderRevision('sql', { id: 'a1', message: 'x', parents: [], ...content })
    const script = await readScript(`${tempFolder({ 'a1_x.sql': text })}/a1_x.sql`)
    const bodies = script && (await readSqlBodies(script))
    expect(bodies?.upgrade.map(({ sql }) => sql)).toEqual([
      'ALTER TABLE "t" DROP COLUMN "x\n-- +downgrade\nDROP TABLE users; --"',
    ])
  })
})

describe('a revision', () => {
  test('says what an older build cannot stand and what runs outside a transaction', () => {
    const draft = { stage: 'main', upgrade: [addColumn('a')], downgrade: [] } as const
    expect(revisionContent(draft, noModels)).toMatchObject({
      transactional: true,
      compatible: null,
    })
    const breaking = { stage: 'main', upgrade: [dropColumn('a')], downgrade: [] } as const
    expect(revisionContent(breaking, noModels)).toMatchObject({ compatible: false })
    const created: Operation = { kind: 'create index', table: t, index: index('i', 'a') }
    const dropped: Operation = { kind: 'drop index', table: t, index: index('i', 'a') }
    const online = { stage: 'online', upgrade: [created], downgrade: [dropped] } as const
    expect(revisionContent(online, noModels)).toEqual({
      transactional: false,
      compatible: null,
      upgrade: 'CREATE INDEX CONCURRENTLY "i" ON "t" USING btree (a);',
      downgrade: 'DROP INDEX CONCURRENTLY IF EXISTS "i";',
    })
  })

  test('loses what its upgrade loses', () => {
    const draft = {
      stage: 'main',
      upgrade: [addColumn('b')],
      downgrade: [dropColumn('b')],
    } as const
    expect(revisionLosses(draft)).toEqual([])
    expect(revisionLosses({ ...draft, upgrade: [dropColumn('a')] })).toEqual([
      'all values of "t"."a"',
    ])
  })
})

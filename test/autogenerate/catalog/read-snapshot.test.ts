import { describe, expect, test } from 'vitest'
import type { TableSnapshot } from '../../../src/schema/snapshot.ts'
import { databaseOf, databaseWith, snapshotOf } from '../comparing.ts'
import { kitchenSink } from '../kitchen-sink.ts'

const columns = (table: TableSnapshot | undefined) =>
  Object.fromEntries((table?.columns ?? []).map((column) => [column.name, column]))

describe('readSnapshot', () => {
  test('only an integer column with its own sequence and exactly its nextval() is serial', async () => {
    const database = await databaseWith(
      `CREATE TABLE t (a serial, b bigserial, c smallserial, d text, e int, f int DEFAULT 1, g int, h int GENERATED ALWAYS AS IDENTITY (START 7))`,
      `CREATE SEQUENCE d_seq OWNED BY t.d`,
      `ALTER TABLE t ALTER d SET DEFAULT nextval('d_seq')::text`,
      `CREATE SEQUENCE shared`,
      `ALTER TABLE t ALTER e SET DEFAULT nextval('shared'), ALTER g SET DEFAULT nextval('t_a_seq')`,
      `CREATE SEQUENCE f_seq AS int MAXVALUE 9 CYCLE OWNED BY t.f`,
    )
    const { sequences, tables } = await snapshotOf(database)
    const found = columns(tables[0])
    expect(Object.values(found).flatMap(({ name, serial }) => (serial ? [name] : []))).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(found.a?.default).toBeUndefined()
    expect(found.d?.default).toBe(`(nextval('d_seq'::regclass))::text`)
    expect(found.g?.default).toBe(`nextval('t_a_seq'::regclass)`)
    expect(found.h?.identity).toMatchObject({
      always: true,
      options: { start: '7', increment: '1' },
    })
    expect(sequences.map(({ name, owned }) => [name, owned])).toEqual([
      ['d_seq', true],
      ['f_seq', true],
      ['shared', false],
    ])
    expect(sequences[1]).toMatchObject({ type: 'integer', options: { maxValue: '9', cycle: true } })
  })

  test('tells what each object reads', async () => {
    const { tables, views } = await snapshotOf(await databaseOf(kitchenSink), ['Billing "x"'])
    const people = tables.find(({ name }) => name === 'people')
    const bills = { schema: 'Billing "x"', name: 'bills' }
    expect(columns(people).slug?.reads).toEqual(['name', 'nick'])
    expect(columns(people).moods).toMatchObject({ type: 'mood[]', enum: { name: 'mood' } })
    expect(people?.indexes.map(({ name, reads, enums }) => [name, reads, enums])).toEqual([
      ['people_live', ['mood', 'nick'], [{ name: 'mood' }]],
      ['people_lower', ['at', 'name'], []],
      ['people_tags', ['tags'], []],
    ])
    expect(people?.policies.map(({ name, reads }) => [name, reads])).toEqual([
      ['mine', [{ name: 'people', columns: ['name'] }]],
      [
        'own',
        [
          { ...bills, columns: ['person'] },
          { name: 'people', columns: ['id'] },
        ],
      ],
    ])
    const check = tables[0]?.constraints.find(({ kind }) => kind === 'check')
    expect(check).toMatchObject({ columns: ['kind', 'line'], enums: [{ ...bills, name: 'kind' }] })
    const rich = views.find(({ name }) => name === 'rich')
    expect(rich?.reads).toEqual([
      { ...bills, columns: ['kind', 'line', 'person'] },
      { name: 'people', columns: ['id'] },
    ])
    expect(views.map(({ name, reads }) => [name, reads[0]?.name])).toEqual([
      ['poor', 'people'],
      ['summary', 'rich'],
      ['rich', 'bills'],
    ])
  })

  test('is not misled by names that look like SQL', async () => {
    const { tables } = await snapshotOf(
      await databaseWith(
        `CREATE TABLE "a USING b" ("c) INCLUDE (d" int, "x') NO INHERIT" text, "e" text COLLATE "C")`,
        `CREATE INDEX "i ON x USING y" ON "a USING b" ("c) INCLUDE (d") INCLUDE ("x') NO INHERIT") WHERE "x') NO INHERIT" <> ') INCLUDE ('`,
        `ALTER TABLE "a USING b" ADD CONSTRAINT c CHECK ("x') NO INHERIT" <> ' NOT VALID') NO INHERIT`,
        `ALTER TABLE "a USING b" ADD CONSTRAINT u UNIQUE ("c) INCLUDE (d") INCLUDE (e) DEFERRABLE`,
      ),
    )
    const [table] = tables
    expect(table?.indexes[0]).toMatchObject({
      definition: `USING btree ("c) INCLUDE (d") WHERE ("x') NO INHERIT" <> ') INCLUDE ('::text)`,
      modelled: false,
    })
    expect(table?.constraints.map(({ definition, full }) => full.slice(definition.length))).toEqual(
      [' NO INHERIT', ' INCLUDE (e) DEFERRABLE'],
    )
    expect(columns(table).e?.collation).toBe('"C"')
  })

  test('an index that an interrupted build left is not valid', async () => {
    const database = await databaseWith('CREATE TABLE t (id int)', 'INSERT INTO t VALUES (1), (1)')
    await expect(database.query('CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)')).rejects.toThrow()
    const { tables } = await snapshotOf(database)
    expect(tables[0]?.indexes).toMatchObject([{ name: 'i', unique: true, valid: false }])
  })
})

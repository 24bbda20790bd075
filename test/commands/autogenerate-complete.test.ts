import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'

const id = () => pg.integer('id').primaryKey()
const type = (name: string) => pg.customType<{ data: string }>({ dataType: () => name })
const refusal = async (models: Record<string, unknown>) => {
  const { limbeck, files } = await project()
  const error = await failure(limbeck(models).autogenerate({ message: 'x' }))
  expect(files()).toEqual([])
  return error
}

describe('what cannot be compared is an error, and nothing is written', () => {
  test('a missing extension is one cause, whatever leans on it', async () => {
    const vector = type('vector(3)')
    const docs = pg.pgTable('docs', { id: id(), v: vector('v') }, (t) => [
      pg.index('by_id').on(t.id),
    ])
    const more = Array.from({ length: 5 }, (_, at) =>
      pg.pgTable(`more_${at}`, { id: id(), v: vector('v') }),
    )
    const child = pg.pgTable('child', { doc: pg.integer('doc').references(() => docs.id) })
    const view = pg.pgView('seen', { id: pg.integer() }).as(sql`select id from docs`)
    const { code, message, details } = await refusal({ docs, more, child, view })
    expect(code).toBe('LIMBECK_NOT_COMPARED')
    expect(message.match(/^- /gm)).toHaveLength(1)
    expect(message).toContain('type "vector" does not exist')
    expect(details.hint).toContain('CREATE EXTENSION "vector"')
  })

  test('an operator class tells its extension as well', async () => {
    const t = pg.pgTable('t', { id: id(), x: pg.text('x') }, (self) => [
      pg.index('x_trgm').using('gin', self.x.op('gin_trgm_ops')),
    ])
    const { message, details } = await refusal({ t })
    expect(message).toContain('table "t", index "x_trgm"')
    expect(details.hint).toContain('CREATE EXTENSION "pg_trgm"')
  })

  test('a function', async () => {
    const t = pg.pgTable('t', { id: id(), x: pg.integer('x').default(sql`no_such_function()`) })
    const { message } = await refusal({ t })
    expect(message).toContain('table "t"')
    expect(message).toContain('no_such_function()')
  })

  test('a role of a policy, by its own name or as a model', async () => {
    const secured = (to: string) =>
      pg.pgTable('t', { id: id() }, () => [pg.pgPolicy('p', { to, using: sql`true` })])
    expect((await refusal({ t: secured('limbeck_test_nobody') })).message).toContain(
      'limbeck_test_nobody',
    )
    const role = pg.pgRole('limbeck_test_nobody')
    const { details } = await refusal({ t: secured(role.name), role })
    expect(details.hint).toContain('CREATE ROLE "limbeck_test_nobody"')
  })

  test('a foreign key whose target is neither exported nor there is told with both sides', async () => {
    const hidden = pg.pgTable('hidden', { id: id() })
    const t = pg.pgTable('t', { h: pg.integer('h').references(() => hidden.id) })
    const { message, details } = await refusal({ t })
    expect(message).toContain('table "t", foreign key "t_h_hidden_id_fk"')
    expect(message).toContain('table "hidden", is neither among the models nor in the database')
    expect(details.hint).toContain('export it')
  })

  test('a default that is no literal of its type is told with its column', async () => {
    const t = pg.pgTable('t', { id: id(), on: pg.date('on').default('not a date') })
    const { message } = await refusal({ t })
    expect(message).toContain('table "t", default of column "on"')
    expect(message).toContain('invalid input syntax for type date: "not a date"')
  })

  test('but what is excluded may fail', async () => {
    const { limbeck } = await project({ autogenerate: { exclude: ['docs'] } })
    const docs = pg.pgTable('docs', { v: type('vector(3)')('v') })
    const { revisions } = await limbeck({ docs, t: pg.pgTable('t', { id: id() }) }).autogenerate({
      message: 'x',
    })
    expect(revisions).toHaveLength(1)
  })

  test('diff says what it leaves out', async () => {
    const { limbeck } = await project()
    const docs = pg.pgTable('docs', { v: type('vector(3)')('v') })
    const { changes, warnings } = await limbeck({ docs }).diff()
    expect(changes).toEqual([])
    expect(warnings.map(({ object }) => object)).toEqual(['table "docs"'])
  })
})

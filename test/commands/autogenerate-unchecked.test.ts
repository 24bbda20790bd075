import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { project } from './autogenerate-project.ts'

test('a constraint that was never checked on its rows is, by a revision of its own', async () => {
  const t = pg.pgTable('t', { id: pg.integer().primaryKey() })
  const models = {
    t,
    u: pg.pgTable('u', { t: pg.integer() }, (u) => [
      pg.foreignKey({ name: 'u_t', columns: [u.t], foreignColumns: [t.id] }),
    ]),
  }
  const { limbeck, reach, query, text } = await project()
  await reach(models)
  await query(
    'ALTER TABLE u DROP CONSTRAINT u_t, ADD CONSTRAINT u_t FOREIGN KEY (t) REFERENCES t NOT VALID',
  )
  const { revisions } = await limbeck(models).autogenerate({ message: 'x' })
  expect(revisions.map(({ file }) => text(file)).join('\n')).toContain(
    '-- fails while a row of "u" points at nothing in "t"\nALTER TABLE "u" VALIDATE CONSTRAINT "u_t";',
  )
  await limbeck(models).upgrade()
  expect((await limbeck(models).diff()).changes).toEqual([])
  await limbeck(models).downgrade('-1')
})

import * as pg from 'drizzle-orm/pg-core'
import { initDb } from 'limbeck'
import { expect, test } from 'vitest'
import { createDatabase, onServer } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

test('create-all creates the roles that the server does not have yet', async () => {
  const folder = await revisionFolder()
  await folder.sql('aaaaaaaaaaaa', { up: 'SELECT 1;', head: ['fresh: skip'] })
  const [one, other] = [await createDatabase(), await createDatabase()]
  const role = `limbeck_role_${one.name.slice(-6)}`
  const models = {
    role: pg.pgRole(role),
    t: pg.pgTable('t', { id: pg.integer() }, () => [pg.pgPolicy('p', { to: role })]),
  }
  try {
    for (const { url } of [one, other])
      expect(await initDb({ url, migrations: folder.path, models })).toMatchObject({
        outcome: 'created',
      })
    const policies = await other.query('SELECT roles::text FROM pg_policies')
    expect(policies).toEqual([{ roles: `{${role}}` }])
  } finally {
    for (const database of [one, other]) await database.query(`DROP OWNED BY ${role}`)
    await onServer((sql) => sql.unsafe(`DROP ROLE ${role}`))
  }
})

import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { imported } from './foreign.ts'
import { leftBehind, type Project, projects } from './left-behind.ts'

test.each(Object.keys(projects) as Project[])(
  '%s: a ledger whose schema and table have capitals and quotes in their names is kept and taken over',
  async (tool) => {
    const { migrations, ids } = await imported(tool, projects[tool])
    const database = await createDatabase()
    const ledger = { tool, schema: 'Ops "x"', table: `Done"It's` } as const
    const options = { url: database.url, migrations, ledger }
    expect((await initDb(options)).applied).toEqual(ids)
    const migrator = createMigrator(options)
    await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', to: [ids[2]] })
    await migrator.stamp(ids[0] ?? '')
    const { findings, ledger: found } = await migrator.doctor()
    expect(found?.table).toBe(`"Ops ""x"""."Done""It's"`)
    expect(findings.map(({ status }) => status)).toEqual(['applied', 'pending', 'pending'])
  },
)

test('a ledger of another name in the target schema is no table of the service', async () => {
  const { migrations, ids } = await imported('goose', projects.goose)
  const database = await createDatabase()
  const options = {
    url: database.url,
    migrations,
    ledger: { tool: 'goose', table: 'Versions' },
  } as const
  await initDb(options)
  await createMigrator(options).downgrade('base')
  await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
  // Goose's own row 0 is left: nothing has run.
  expect(await initDb(options)).toMatchObject({ outcome: 'created', applied: ids })
})

test('a ledger that belongs to another role is read only where that role may be trusted, as boot and doctor say alike', async () => {
  const { database, options, migrator } = await leftBehind('goose', 'SELECT 1')
  const role = `r_${database.name}`
  await database.query(
    `CREATE ROLE ${role}; GRANT CREATE, USAGE ON SCHEMA public TO ${role}; ALTER TABLE goose_db_version OWNER TO ${role}`,
  )
  try {
    const refused = await failure(initDb(options))
    expect(refused.code).toBe('LIMBECK_PERMISSION_DENIED')
    expect((await failure(migrator.doctor())).message).toBe(refused.message)
    const [command = ''] = /ALTER TABLE .*;/.exec(String(refused.details.hint)) ?? []
    await database.query(command)
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [] })
  } finally {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  }
})

import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { sleeping, until, untilFound } from '../support/until.ts'
import { codesOf, historyOf, makeSchemas, outcomes, project, tenants } from './fleet-project.ts'

test('two that run at once share the schemas out: each is migrated once, and both succeed', async () => {
  const given = await project()
  const { database, migrator } = given
  const schemas = tenants(12)
  await makeSchemas(given, schemas)
  const reports = await Promise.all([
    migrator().fleet('heads', { schemas, concurrency: 2 }),
    migrator().fleet('heads', { schemas, concurrency: 2 }),
  ])
  expect(reports.map(({ totals }) => totals.failed)).toEqual([0, 0])
  const upgraded = reports.flatMap(({ members }) =>
    members.filter(({ outcome }) => outcome === 'upgraded').map(({ name }) => name),
  )
  expect(upgraded.toSorted()).toEqual(schemas.toSorted())
  for (const schema of schemas)
    expect(await historyOf(database, schema)).toEqual(['a1', 'b1', 'c1'])
})

test('one that a peer is at is put off, and waited for in the end', async () => {
  const given = await project()
  const { database, folder, migrator } = given
  await folder.sql('d1', {
    revises: 'c1',
    up: `DO $$ BEGIN
  IF current_schema() = 'busy' THEN PERFORM pg_advisory_xact_lock(1, 1); END IF;
END $$;`,
  })
  const schemas = ['busy', 'free']
  await makeSchemas(given, schemas)
  const blocker = postgres(database.url, { max: 1 })
  onTestFinished(() => blocker.end())
  await blocker`SELECT pg_advisory_lock(1, 1)`
  const peer = migrator({ schema: 'busy' }).upgrade()
  const isBlocked = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  await untilFound(database, isBlocked)
  const told: string[] = []
  const running = migrator().fleet('heads', {
    schemas,
    concurrency: 1,
    onMember: ({ name }) => told.push(name),
  })
  await until(() => told.length > 0)
  expect(told).toEqual(['free'])
  await blocker`SELECT pg_advisory_unlock(1, 1)`
  await peer
  expect(outcomes(await running)).toEqual({ busy: 'waited', free: 'upgraded' })
  expect(await historyOf(database, 'busy')).toEqual(['a1', 'b1', 'c1', 'd1'])
})

test('a stop cancels the statement that runs, and keeps what was committed before', async () => {
  const given = await project()
  const { folder, migrator } = given
  await folder.sql('d1', {
    revises: 'c1',
    up: `SELECT pg_sleep(CASE current_schema() WHEN 'tenant_1' THEN 600 ELSE 0 END);`,
  })
  const schemas = tenants(4)
  await makeSchemas(given, schemas)
  const stop = new AbortController()
  const running = migrator({ signal: stop.signal }).fleet('heads', { schemas, concurrency: 4 })
  await untilFound(given.database, sleeping)
  stop.abort()
  const report = await running
  expect(report.members[0]).toMatchObject({
    outcome: 'failed',
    to: ['c1'],
    error: { code: 'LIMBECK_CANCELLED' },
  })
})

test('stopped before it began, a member is behind', async () => {
  const given = await project()
  const { database, migrator } = given
  const schemas = tenants(3)
  await makeSchemas(given, schemas)
  const stop = new AbortController()
  const report = await migrator({ signal: stop.signal }).fleet('heads', {
    schemas,
    concurrency: 1,
    onMember: () => stop.abort(),
  })
  expect(report.totals).toMatchObject({ upgraded: 1, behind: 2, failed: 0 })
  const again = await migrator().fleet('heads', { schemas })
  expect(again.totals).toMatchObject({ current: 1, upgraded: 2 })
  for (const schema of schemas)
    expect(await historyOf(database, schema)).toEqual(['a1', 'b1', 'c1'])
})

test('a connection that is lost fails its member only', async () => {
  const given = await project()
  const { folder, migrator } = given
  await folder.sql('d1', {
    revises: 'c1',
    up: `SELECT CASE current_schema() WHEN 'tenant_2' THEN pg_terminate_backend(pg_backend_pid()) END;`,
  })
  const schemas = tenants(4)
  await makeSchemas(given, schemas)
  const report = await migrator().fleet('heads', { schemas, concurrency: 1 })
  expect(report.totals).toMatchObject({ upgraded: 3, failed: 1 })
  expect(Object.keys(codesOf(report))).toEqual(['tenant_2'])
})

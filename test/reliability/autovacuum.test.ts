import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { newCluster } from '../support/cluster.ts'
import { withSql } from '../support/database.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

/** A server whose autovacuum comes often, and is slow at the table `big`; and a revision that changes that table. */
async function project(settings: readonly string[], storage: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-autovacuum-'))
  const cluster = await newCluster({ folder, settings: ['autovacuum_naptime=1s', ...settings] })
  onTestFinished(() => cluster.remove())
  await cluster.start()
  const revisions = await revisionFolder()
  await revisions.sql('aaa1', {
    up: `CREATE TABLE big (id int, pad text) WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_analyze_threshold = 2000000000, ${storage});
INSERT INTO big SELECT g, repeat('x', 300) FROM generate_series(1, 60000) g;`,
    down: 'DROP TABLE big;',
  })
  const logger = keepLog()
  const options = { url: cluster.url, migrations: revisions.path, logger, lockRetryTimeout: 15_000 }
  await initDb(options)
  await revisions.sql('bbb2', {
    revises: 'aaa1',
    up: 'ALTER TABLE big ADD COLUMN note text;',
    down: 'SELECT 1;',
  })
  const untilVacuumed = (says: string) =>
    withSql(cluster.url, async (sql: Sql) => {
      for (;;) {
        const found =
          await sql`SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND query LIKE ${`%public.big%${says}%`}`
        if (found.length > 0) return
        await sleep(50)
      }
    })
  return { cluster, options, logger, untilVacuumed }
}

test('an autovacuum in the way is given the time after which PostgreSQL sends it away', async () => {
  const { cluster, options, untilVacuumed } = await project(
    [],
    'autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0',
  )
  await withSql(cluster.url, (sql) => sql`DELETE FROM big WHERE id % 2 = 0`)
  await untilVacuumed('')
  expect((await initDb(options)).applied).toEqual(['bbb2'])
})

test('one that prevents wraparound does not step aside, and is named as that', async () => {
  const { cluster, options, untilVacuumed } = await project(
    ['autovacuum_freeze_max_age=100000'],
    'autovacuum_freeze_max_age = 100000, autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_threshold = 2000000000',
  )
  await withSql(cluster.url, async (sql) => {
    await sql.unsafe('CREATE TABLE burnt (n int)')
    await sql.unsafe(`DO $$ BEGIN FOR n IN 1..120000 LOOP
  BEGIN INSERT INTO burnt VALUES (n); EXCEPTION WHEN division_by_zero THEN NULL; END;
END LOOP; END $$`)
  })
  await untilVacuumed('wraparound')
  const error = await failure(initDb({ ...options, lockRetryTimeout: 4_000 }))
  expect(error.details.sqlstate).toBe('55P03')
  expect(error.details.hint).toMatch(
    /autovacuum .* is at the table to prevent wraparound, and does not step aside/,
  )
  expect(error.details.hint).not.toMatch(/correct the file/i)
})

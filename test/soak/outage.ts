import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { type Cluster, newCluster } from '../support/cluster.ts'
import { newDatabase, withSql } from '../support/database.ts'
import { writeChain } from './folder.ts'
import { writeLongChain } from './long-chain.ts'
import { bootLongChain, bootOn, readOutcome, undisturbed } from './outcome.ts'
import { randomFrom } from './random.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, endOf, startWorker, withWorkers } from './worker.ts'

const run = promisify(execFile)

/** The server crashes, comes up late, has no connection left, no room or no patience: clean ends, and the next boot heals. */
export async function outage(size: Size, report: Report, ground: Ground): Promise<void> {
  const cluster = await newCluster({
    folder: `${ground.folder}/cluster`,
    settings: ['max_connections=20'],
  })
  try {
    await lateServer(size, report, ground, cluster)
    await crashes(size, report, ground, cluster)
    await noConnections(report, ground, cluster)
    await limits(report, ground, cluster)
    await fullDisk(report, ground, cluster)
  } finally {
    await cluster.remove()
  }
}

/** The process is there before PostgreSQL is. */
async function lateServer(size: Size, report: Report, ground: Ground, cluster: Cluster) {
  const chain = await writeLongChain(ground.folder)
  const late = size === 'full' ? 20_000 : 2_000
  const worker = await startWorker()
  const early = await worker.run(bootOn(cluster.url, chain, { connectTimeout: 500 }))
  report.run()
  report.outcome(`no server: ${endOf(early)}`)
  if (early.error?.code !== 'LIMBECK_CONNECTION_FAILED') report.unexplained('no server', early)
  const boot = worker.run(bootOn(cluster.url, chain, { schema: 'late' }))
  await sleep(late)
  await cluster.start()
  const start = Date.now()
  const answer = await boot
  report.run()
  report.time('from a late server to an answer', Date.now() - start)
  report.outcome(`late server: ${endOf(answer)}`)
  // The chain's trigger fails the first time.
  if (answer.error?.sqlstate !== 'P0001') report.unexplained('late server', answer)
  await worker.stop()
}

/** `pg_ctl stop -m immediate` at random instants of a long chain. */
async function crashes(size: Size, report: Report, ground: Ground, cluster: Cluster) {
  const chain = await writeLongChain(ground.folder)
  const { state, ms } = await undisturbed(cluster.url, chain)
  const random = randomFrom(ground.seed)
  for (let run = 0; run < (size === 'full' ? 60 : 1); run++) {
    const instant = Math.round(random() * ms)
    const database = await newDatabase(cluster.url)
    await withWorkers(2, async ([worker, next]) => {
      // Whoever has no connection yet gives up before the server is started again.
      const first = bootOn(database.url, chain, { connectTimeout: 5_000 })
      const answering = bootLongChain(worker!, first)
      await sleep(instant)
      await cluster.stop('immediate')
      const crashed = Date.now()
      const answer = await Promise.race([answering, sleep(120_000, null, { ref: false })])
      report.run()
      report.kill()
      report.time('from the crash to the answer', Date.now() - crashed)
      report.outcome(`crashed: ${answer ? endOf(answer) : 'hangs'}`)
      if (answer === null || !(answer.report || isOutage(answer)))
        report.unexplained(`crash after ${instant} ms`, { ...answer, log: [] })
      await cluster.start()
      const start = Date.now()
      const last = await bootLongChain(next!, bootOn(database.url, chain))
      report.time('next boot after a crash', Date.now() - start)
      report.outcome(`next: ${endOf(last)}`)
      if (!last.report || (await readOutcome(database)) !== state)
        report.unexplained(`crash after ${instant} ms: the next boot`, { ...last, log: [] })
    })
    await database.drop()
  }
}

function isOutage({ error }: Answer): boolean {
  return ['LIMBECK_CONNECTION_LOST', 'LIMBECK_CONNECTION_FAILED'].includes(error?.code ?? '')
}

/** All connections are taken; then one is given back. */
async function noConnections(report: Report, { folder }: Ground, cluster: Cluster) {
  const chain = await writeChain(folder, 'small', { a01: { up: 'CREATE TABLE a01 (id int);' } })
  const { database, url } = await databaseOfService(cluster)
  const others = Array.from({ length: 17 }, () => postgres(url, { max: 1 }))
  await Promise.all(others.map((sql) => sql`SELECT 1`))
  const worker = await startWorker()
  const refused = await worker.run(bootOn(url, chain, { connectTimeout: 1_000 }))
  report.run()
  report.outcome(`no connection left: ${endOf(refused)}`)
  if (refused.error?.sqlstate !== '53300') report.unexplained('no connection left', refused)
  const boot = worker.run(bootOn(url, chain))
  await sleep(1_500)
  await Promise.all(others.map((sql) => sql.end()))
  const start = Date.now()
  const answer = await boot
  report.run()
  report.time('from a free connection to done', Date.now() - start)
  report.outcome(`a connection came free: ${endOf(answer)}`)
  if (answer.report?.outcome !== 'created') report.unexplained('a connection came free', answer)
  await worker.stop()
  await database.drop()
}

/** No room and no patience: errors that a person mends outside, and the next boot goes on. */
async function limits(report: Report, { folder }: Ground, cluster: Cluster) {
  const chain = await writeChain(folder, 'limits', {
    b01: { up: 'CREATE TABLE ran (step text);\nCREATE TABLE b01 (id int, s text);' },
    b02: {
      head: ['transaction: none'],
      up: `INSERT INTO ran VALUES ('b02');
INSERT INTO b01 SELECT i, md5(i::text) FROM generate_series(1, 100000) i;
SELECT pg_sleep(1);
CREATE INDEX CONCURRENTLY b01_s ON b01 (s);
INSERT INTO ran VALUES ('b02 last');`,
    },
    b03: {
      up: `INSERT INTO ran VALUES ('b03');\nCREATE TABLE b03 AS SELECT s, id FROM b01 ORDER BY s, id;`,
    },
  })
  const { database, url } = await databaseOfService(cluster)
  await withWorkers(1, async ([worker]) => {
    const bootWith = async (setting: string, sqlstate: string | null) => {
      await withSql(cluster.url, (sql) => sql.unsafe(`ALTER ROLE service ${setting}`))
      const answer = await worker!.run(bootOn(url, chain))
      report.run()
      report.outcome(`${setting}: ${answer.error?.sqlstate ?? endOf(answer)}`)
      const { code } = answer.error ?? {}
      const isFine = sqlstate === null ? answer.report : answer.error?.sqlstate === sqlstate
      if (!isFine || (code !== undefined && code !== 'LIMBECK_STEP_FAILED'))
        report.unexplained(setting, { ...answer, log: [] })
      const invalid = await database.query('SELECT FROM pg_index WHERE NOT indisvalid')
      if (invalid.length > 0) report.unexplained(`${setting}: an INVALID index is left`)
    }
    await bootWith("SET statement_timeout = '900ms'", '57014')
    await bootWith(
      "RESET statement_timeout; ALTER ROLE service SET temp_file_limit = '100kB'; ALTER ROLE service SET maintenance_work_mem = '1MB'",
      '53400',
    )
    await bootWith('RESET ALL', null)
  })
  const ran = await database.query<{ step: string }>('SELECT step FROM ran')
  if (ran.map(({ step }) => step).join() !== 'b02,b02 last,b03')
    report.unexplained('after all limits', ran)
  await database.drop()
}

/** The disk is full in the middle of a step, and is made larger: a small file system in memory, where one can be mounted. */
async function fullDisk(report: Report, { folder }: Ground, cluster: Cluster) {
  const disk = `${folder}/disk`
  await mkdir(disk)
  const mount = (...args: readonly string[]) => run('mount', [...args, disk])
  try {
    await mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs')
  } catch {
    return report.skipped('a full disk: no file system can be mounted here')
  }
  try {
    await run('chown', ['--reference', cluster.folder, disk])
    await withSql(cluster.url, (sql) => sql.unsafe(`CREATE TABLESPACE small LOCATION '${disk}'`))
    const database = await newDatabase(cluster.url)
    const chain = await writeChain(folder, 'full-disk', {
      d01: { up: 'CREATE TABLE t (id int, s text) TABLESPACE small;' },
      d02: {
        up: 'INSERT INTO t SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, 30000) i;',
      },
    })
    await withWorkers(1, async ([worker]) => {
      const full = await worker!.run(bootOn(database.url, chain))
      report.run()
      report.outcome(`disk full: ${full.error?.sqlstate ?? endOf(full)}`)
      if (full.error?.sqlstate !== '53100') report.unexplained('disk full', { ...full, log: [] })
      await mount('-o', 'remount,size=64m')
      const next = await worker!.run(bootOn(database.url, chain))
      report.outcome(`room again: ${endOf(next)}`)
      if (next.report?.applied.join() !== 'd02') report.unexplained('room again', next)
    })
    await database.drop()
    await withSql(cluster.url, (sql) => sql.unsafe('DROP TABLESPACE small'))
  } finally {
    await run('umount', ['-l', disk])
  }
}

/** A database of a role that is no superuser: only such a one meets limits. */
async function databaseOfService(cluster: Cluster) {
  const database = await newDatabase(cluster.url)
  await database.query(`DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'service') THEN CREATE ROLE service LOGIN; END IF;
  END $$`)
  await database.query('GRANT ALL ON SCHEMA public TO service')
  const url = new URL(database.url)
  url.username = 'service'
  return { database, url: url.href }
}

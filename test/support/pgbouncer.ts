import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './server.ts'

/** A real PgBouncer in front of the server of `url`. */
export interface Pooler {
  readonly url: string
  stop(): Promise<void>
}

/** Whether Debian's package is installed. */
export async function hasPgBouncer(): Promise<boolean> {
  return promisify(execFile)('pgbouncer', ['--version']).then(
    () => true,
    () => false,
  )
}

export async function startPgBouncer(
  url: string,
  {
    mode = 'transaction',
    poolSize = 20,
  }: { mode?: 'session' | 'transaction'; poolSize?: number } = {},
): Promise<Pooler> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(url)
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-pgbouncer-'))
  const port = await freePort()
  await writeFile(
    path.join(folder, 'users.txt'),
    `"${username}" "${decodeURIComponent(password)}"\n`,
  )
  await writeFile(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${hostname} port=${serverPort || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${folder}/users.txt
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 500
`,
  )
  // It refuses to run as root, and its user must be able to read the files.
  await chmod(folder, 0o755)
  const asRoot = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('pgbouncer', [...asRoot, path.join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
  })
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`pgbouncer ended with exit code ${code}`)
  })
  gone.catch(() => {})
  while (!(await Promise.race([answers(port), gone]))) await sleep(20)
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`,
    stop: async () => {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

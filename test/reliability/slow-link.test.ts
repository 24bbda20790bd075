import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

/** What the client sends goes on at this many bytes a second, and is counted; answers come at once. */
async function startSlowLink(url: string, bytesPerSecond: number) {
  let uploaded = 0
  const { hostname: host, port } = new URL(url)
  const server = net.createServer((client) => {
    const upstream = net.connect({ host, port: Number(port) })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    upstream.pipe(client)
    void (async () => {
      for await (const chunk of client as AsyncIterable<Buffer>)
        for (let at = 0; at < chunk.length; at += 8_192) {
          const piece = chunk.subarray(at, at + 8_192)
          upstream.write(piece)
          uploaded += piece.length
          await sleep((piece.length / bytesPerSecond) * 1_000)
        }
      upstream.end()
    })().catch(end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port: own } = server.address() as net.AddressInfo
  const { href } = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(own) })
  return { url: href, uploaded: () => uploaded }
}

test('a statement that takes longer to upload than a silent session may live is applied', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  // 2.1 MB at 90 kB a second: more than the 20 s after which the server ends a holder that says nothing.
  await folder.sql('aaa1', {
    up: `CREATE TABLE t (note text);\nINSERT INTO t VALUES ('${'x'.repeat(2_100_000)}');\nINSERT INTO t VALUES ('short');`,
    down: 'DROP TABLE t;',
  })
  const link = await startSlowLink(database.url, 90_000)
  const { applied } = await initDb({ url: link.url, migrations: folder.path })
  expect(applied).toEqual(['aaa1'])
  // Once, with what finds out how fast the line is.
  expect(link.uploaded()).toBeLessThan(2_400_000)
  expect(await database.query('SELECT sum(length(note))::int AS n FROM t')).toEqual([
    { n: 2_100_005 },
  ])
})

const row = (n: number) => `(${n}, '${'x'.repeat(100)}')`
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n)).join(',\n')

test('many rows go over a slow line once, in one statement or in many', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', {
    up: `CREATE TABLE t (id int, note text);\nINSERT INTO t VALUES ${rows(8_000)};`,
    down: 'DROP TABLE t;',
  })
  const single = Array.from({ length: 4_000 }, (_, n) => `INSERT INTO t VALUES ${row(n)};`)
  await folder.sql('bbb2', { revises: 'aaa1', up: single.join('\n'), down: 'SELECT 1;' })
  const link = await startSlowLink(database.url, 400_000)
  await initDb({ url: link.url, migrations: folder.path })
  expect(await database.query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 12_000 }])
  const size = 8_000 * row(1_000).length + single.join('\n').length
  expect(link.uploaded()).toBeLessThan(size * 1.2)
})

test('any other statement goes over it twice: PostgreSQL says that it is right before anything runs', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const size = 700_000
  await folder.sql('aaa1', { up: `COMMENT ON SCHEMA public IS '${'x'.repeat(size)}';` })
  const link = await startSlowLink(database.url, 1_000_000)
  await initDb({ url: link.url, migrations: folder.path })
  expect(link.uploaded()).toBeGreaterThan(size * 2)
}, 60_000)

test('a mistake among them is told with its line, and nothing runs', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int, note text);', down: 'DROP TABLE t;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: `INSERT INTO t VALUES ${rows(6_000)},\n(1, 2 3);`,
    down: 'SELECT 1;',
  })
  const link = await startSlowLink(database.url, 400_000)
  const error = await failure(initDb({ url: link.url, migrations: folder.path }))
  expect(error).toMatchObject({ code: 'LIMBECK_SQL_SYNTAX', details: { line: 6_007 } })
  expect(await database.query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }])
})

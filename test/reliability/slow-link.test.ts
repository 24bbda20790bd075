import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

/** What the client sends goes on at this many bytes a second; answers come at once. */
async function startSlowLink(url: string, bytesPerSecond: number): Promise<string> {
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
          await sleep((piece.length / bytesPerSecond) * 1_000)
        }
      upstream.end()
    })().catch(end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port: own } = server.address() as net.AddressInfo
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(own) }).href
}

test('a statement that takes longer to upload than a silent session may live is applied', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  // 2.1 MB at 90 kB a second: more than the 20 s after which the server ends a holder that says nothing.
  await folder.sql('aaa1', {
    up: `CREATE TABLE t (note text);\nINSERT INTO t VALUES ('${'x'.repeat(2_100_000)}');\nINSERT INTO t VALUES ('short');`,
    down: 'DROP TABLE t;',
  })
  const url = await startSlowLink(database.url, 90_000)
  expect((await initDb({ url, migrations: folder.path })).applied).toEqual(['aaa1'])
  expect(await database.query('SELECT sum(length(note))::int AS n FROM t')).toEqual([
    { n: 2_100_005 },
  ])
}, 180_000)

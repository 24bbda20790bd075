import net from 'node:net'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { pipeline, pipelineTransactions } from '../../src/database/executor.ts'
import { createDatabase } from '../support/postgres.ts'

const target = (url: string) => ({ url, applicationName: 'test', connectTimeoutMs: 0 })

/** Hands what the server says on in pieces of `size` bytes; 0 as it comes. */
async function startCutter(url: string, size: number) {
  const { hostname: host, port } = new URL(url)
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), host)
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += size || chunk.length)
        client.write(chunk.subarray(at, at + (size || chunk.length)))
    })
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as net.AddressInfo
  const cut = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(address.port) })
  return { url: cut.href, stop: () => server.close() }
}

const failing = (before: number, statement: string) => [
  'BEGIN',
  ...Array.from({ length: before }, (_, n) =>
    n % 2 === 0
      ? `SELECT repeat('x', ${n * 777}) FROM generate_series(1, ${n})`
      : `SET LOCAL a.b = '${n}'`,
  ),
  statement,
  'SELECT 1',
  'COMMIT',
]

test.each([0, 1, 3, 1_000])(
  'the statement that failed is told however the network cuts the answer (%i bytes)',
  async (size) => {
    const database = await createDatabase()
    const cutter = await startCutter(database.url, size)
    try {
      await withConnection(target(cutter.url), 'SELECT 1', async (connection) => {
        for (const before of [0, 1, 2, 7]) {
          const failure = await pipeline(connection, failing(before, 'SELECT 1 / 0'))
          expect(failure).toMatchObject({ index: before + 1, error: { code: '22012' } })
          await connection.query('ROLLBACK')
        }
      })
    } finally {
      cutter.stop()
    }
  },
)

test('an answer counts its own commands only, whatever was answered before and is behind it', async () => {
  const database = await createDatabase()
  await withConnection(target(database.url), 'SELECT 1', async (connection) => {
    const { sql } = connection
    const others = [sql`SELECT ${1}::int`, sql.unsafe('SELECT 1; SELECT 2; SELECT 3').simple()]
    for (const other of others) void other.execute()
    const transactions = [
      ['BEGIN', 'SELECT 1', 'COMMIT'],
      failing(4, 'SELECT nowhere()'),
      ['BEGIN', 'COMMIT'],
    ]
    const failed = pipelineTransactions(connection, transactions)
    await Promise.all(others)
    expect(await failed).toMatchObject({ transaction: 1, index: 5, error: { code: '42883' } })
    await connection.query('ROLLBACK')
  })
})

test('a rule, a COPY and a command without rows are a command each', async () => {
  const database = await createDatabase()
  await database.query(
    'CREATE TABLE a (n int); CREATE TABLE b (n int); CREATE RULE r AS ON INSERT TO a DO ALSO INSERT INTO b VALUES (NEW.n), (2)',
  )
  await withConnection(target(database.url), 'SELECT 1', async (connection) => {
    const statements = [
      'BEGIN',
      'INSERT INTO a VALUES (1)',
      'CREATE TABLE c (n int)',
      'DO $$ BEGIN PERFORM 1; PERFORM 2; END $$',
      'EXPLAIN SELECT 1',
      'CREATE TABLE c (n int)',
      'COMMIT',
    ]
    expect(await pipeline(connection, statements)).toMatchObject({ index: 5 })
    await connection.query('ROLLBACK')
  })
})

test('of transactions in one message those before the one that fails are told and committed, and none after it', async () => {
  const database = await createDatabase()
  await withConnection(target(database.url), 'SELECT 1', async (connection) => {
    const of = (n: number, statement = `CREATE TABLE t${n} ()`) => [
      'BEGIN',
      statement,
      `SELECT ${n} AS n`,
      'COMMIT',
    ]
    const run = async (bodies: readonly (readonly string[])[]) => {
      const done: unknown[] = []
      const failed = await pipelineTransactions(
        connection,
        bodies,
        (at, row) => done.push([at, row?.n]),
        { joins: () => true },
      )
      await connection.query('ROLLBACK')
      return { failed, done }
    }
    const execution = await run([of(0), of(1), of(2), of(3, 'CREATE TABLE t0 ()'), of(4), of(5)])
    expect(execution.failed).toMatchObject({ transaction: 3, index: 1, error: { code: '42P07' } })
    expect(execution.done).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
    const parser = await run([of(6), of(7), of(8, 'CREATE TABLE t8 (,)'), of(9)])
    expect(parser.failed).toMatchObject({ transaction: 2, index: 1, error: { code: '42601' } })
    expect(parser.done).toEqual([[0, 6]])
  })
  const made = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relname ~ '^t\\d$' ORDER BY 1`,
  )
  expect(made.map(({ name }) => name)).toEqual(['t0', 't1', 't2', 't6', 't9'])
})

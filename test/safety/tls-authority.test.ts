import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { type Cluster, newCluster } from '../support/cluster.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'

const run = promisify(execFile)
/** Waiting mends no certificate and brings no TLS: connectTimeout is not used up. */
const noRetry = () => {
  throw new Error('it was tried again')
}
const hasOpenssl = await run('openssl', ['version']).then(
  () => true,
  () => false,
)

/** An authority, and what it signs: `name.crt` and `name.key` in the folder. */
async function authority(folder: string, name: string) {
  const at = (file: string) => path.join(folder, file)
  const openssl = (...args: readonly string[]) => run('openssl', args)
  const [key, certificate] = [at(`${name}.key`), at(`${name}.crt`)]
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-subj']
  await openssl(
    ...request,
    `/CN=${name}`,
    '-x509',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
  )
  const sign = async (to: string, subject: string, names: string) => {
    await openssl(...request, `/CN=${subject}`, '-keyout', at(`${to}.key`), '-out', at(`${to}.csr`))
    await writeFile(at(`${to}.ext`), names)
    const by = ['-CA', certificate, '-CAkey', key, '-CAcreateserial', '-days', '2']
    const made = ['-in', at(`${to}.csr`), '-extfile', at(`${to}.ext`), '-out', at(`${to}.crt`)]
    await openssl('x509', '-req', ...by, ...made)
  }
  return { certificate, sign }
}

describe.runIf(hasOpenssl)('a server whose certificate an authority has signed', () => {
  let cluster: Cluster
  let files: string

  beforeAll(async () => {
    files = await mkdtemp(path.join(tmpdir(), 'limbeck-authority-'))
    await chmod(files, 0o755)
    const { certificate, sign } = await authority(files, 'root')
    await authority(files, 'stranger')
    await sign('server', 'localhost', 'subjectAltName=DNS:localhost')
    await sign('client', 'postgres', 'extendedKeyUsage=clientAuth')
    await sign('other', 'somebody', 'extendedKeyUsage=clientAuth')
    const settings = ['ssl=on', 'ssl_ca_file=root.crt']
    cluster = await newCluster({ folder: `${files}/cluster`, settings })
    const inData = (file: string) => path.join(cluster.folder, file)
    await run('cp', [certificate, `${files}/server.crt`, `${files}/server.key`, cluster.folder])
    await writeFile(
      inData('pg_hba.conf'),
      'hostssl template1 all all cert\nhostssl all all all trust\n',
    )
    for (const file of ['root.crt', 'server.crt', 'server.key', 'pg_hba.conf']) {
      await run('chown', ['--reference', cluster.folder, inData(file)])
      await chmod(inData(file), 0o600)
    }
    await cluster.start()
    return async () => {
      await cluster.remove()
      await rm(files, { recursive: true, force: true })
    }
  })

  const at = (host: string, query: string, database = 'postgres') => {
    const { port } = new URL(cluster.url)
    const named = query.replace(/=(\w+\.(?:crt|key))/g, (_, file) => `=${files}/${file}`)
    return `postgres://postgres@${host}:${port}/${database}?${named}`
  }
  const connect = (url: string) =>
    withConnection(
      { url, applicationName: 'limbeck test', connectTimeoutMs: 10_000, onRetry: noRetry },
      'SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()',
      async ({ greeting }) => greeting,
    )

  test.each([
    ['localhost', 'sslmode=verify-full&sslrootcert=root.crt'],
    ['localhost', 'sslrootcert=root.crt'],
    ['127.0.0.1', 'sslmode=verify-ca&sslrootcert=root.crt'],
    ['127.0.0.1', 'sslmode=require&sslrootcert=root.crt'],
    ['127.0.0.1', 'sslmode=require'],
    ['127.0.0.1', 'sslmode=prefer'],
  ])('%s is trusted with %s', async (host, query) => {
    expect(await connect(at(host, query))).toEqual([{ ssl: true }])
  })

  test.each([
    ['another host name', '127.0.0.1', 'sslmode=verify-full&sslrootcert=root.crt', /altnames|IP/],
    [
      'another authority',
      'localhost',
      'sslmode=verify-full&sslrootcert=stranger.crt',
      /self-signed|verify/,
    ],
    [
      'another authority, which require is told',
      'localhost',
      'sslmode=require&sslrootcert=stranger.crt',
      /self-signed|verify/,
    ],
    ['authorities of Node.js', 'localhost', 'sslmode=verify-full', /verify|certificate/],
    ['no TLS', 'localhost', 'sslmode=disable', /no encryption/],
  ])('%s is refused at once, with the reason', async (_, host, query, reason) => {
    const error = await failure(connect(at(host, query)))
    expect(error.code).toMatch(/^LIMBECK_(?:CONNECTION|AUTHENTICATION)_FAILED$/)
    expect(`${error.message} ${error.details.detail} ${error.details.hint}`).toMatch(reason)
  })

  test('a client certificate lets the role in that it names, and no other', async () => {
    const tls = 'sslmode=verify-full&sslrootcert=root.crt'
    const as = (name: string) => `${tls}&sslcert=${name}.crt&sslkey=${name}.key`
    expect(await connect(at('localhost', as('client'), 'template1'))).toEqual([{ ssl: true }])
    for (const query of [as('other'), tls]) {
      const error = await failure(connect(at('localhost', query, 'template1')))
      expect(error.code).toBe('LIMBECK_AUTHENTICATION_FAILED')
    }
  })
})

test('sslmode=require of a server without TLS is refused at once, by that name', async () => {
  const { url } = await createDatabase()
  for (const mode of ['require', 'verify-ca', 'verify-full']) {
    const target = { url: `${url}?sslmode=${mode}`, applicationName: 'limbeck test' }
    const error = await failure(
      withConnection(
        { ...target, connectTimeoutMs: 10_000, onRetry: noRetry },
        'SELECT 1',
        async () => {},
      ),
    )
    expect(error.code).toBe('LIMBECK_CONNECTION_FAILED')
    expect(error.message).toContain('has no TLS')
  }
})

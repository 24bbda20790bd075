import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { type Cluster, newCluster } from '../support/cluster.ts'
import { withSql } from '../support/database.ts'
import { failure } from '../support/revisions.ts'
import { newStandby } from '../support/standby.ts'

const password = 'p@ss:w,rd'
let primary: Cluster
let standby: Cluster
let folder: string

beforeAll(async () => {
  folder = `/var/tmp/limbeck-hosts-${process.pid}`
  primary = await newCluster({ folder: `${folder}-primary` })
  await primary.start()
  await withSql(primary.url, (sql) => sql.unsafe(`CREATE ROLE app LOGIN PASSWORD '${password}'`))
  // From now on a password is asked for, here and on the copy.
  await promisify(execFile)('sed', [
    '-i',
    's/trust$/scram-sha-256/; 1i host all postgres 127.0.0.1/32 trust\\nhost replication postgres 127.0.0.1/32 trust',
    `${primary.folder}/pg_hba.conf`,
  ])
  await withSql(primary.url, (sql) => sql`SELECT pg_reload_conf()`)
  standby = await newStandby(primary, { folder: `${folder}-standby` })
  await standby.start()
})

afterAll(async () => {
  await standby?.remove()
  await primary?.remove()
  for (const name of ['primary', 'standby'])
    await rm(`${folder}-${name}`, { recursive: true, force: true })
})

const hostOf = (cluster: Cluster) => new URL(cluster.url).host

/** Which of the servers that URL leads to: the primary, the standby, or neither. */
async function reached(hosts: readonly string[], attrs?: string): Promise<string> {
  const query = attrs === undefined ? '' : `?target_session_attrs=${attrs}`
  const url = `postgres://app:${password}@${hosts.join(',')}/postgres${query}`
  const target = { url, applicationName: 'limbeck test', connectTimeoutMs: 0 }
  const asked = 'SELECT pg_is_in_recovery() AS standby'
  return await withConnection(target, asked, async ({ greeting }) =>
    Object(greeting)[0].standby ? 'standby' : 'primary',
  ).catch((error) => error.message as string)
}

test.each([
  [undefined, 'primary', 'primary'],
  ['any', 'primary', 'standby'],
  ['primary', 'primary', 'primary'],
  ['read-write', 'primary', 'primary'],
  ['standby', 'standby', 'standby'],
  ['read-only', 'standby', 'standby'],
  ['prefer-standby', 'standby', 'standby'],
])(
  'target_session_attrs=%s leads to the %s, with the primary first, and to the %s, with the standby first',
  async (attrs, primaryFirst, standbyFirst) => {
    const [one, two] = [hostOf(primary), hostOf(standby)]
    const gone = '127.0.0.1:1'
    expect(await reached([one, two], attrs)).toBe(primaryFirst)
    expect(await reached([two, one], attrs)).toBe(standbyFirst)
    expect(await reached([gone, one, two], attrs)).toBe(primaryFirst)
    expect(await reached(['nowhere.invalid', two, gone, one], attrs)).toBe(standbyFirst)
  },
)

test.each([
  ['primary', 'the server is not what target_session_attrs=primary asks for'],
  ['read-write', 'the server is not what target_session_attrs=read-write asks for'],
  [undefined, 'standby'],
  ['prefer-standby', 'standby'],
])('where only a standby is up, target_session_attrs=%s answers: %s', async (attrs, expected) => {
  const hosts = ['127.0.0.1:1', hostOf(standby)]
  const answer = await reached(hosts, attrs)
  expect(answer).toContain(expected)
  expect(answer).not.toContain('w,rd')
})

test.each([
  ['standby', 'the server is not what target_session_attrs=standby asks for'],
  ['read-only', 'the server is not what target_session_attrs=read-only asks for'],
  ['prefer-standby', 'primary'],
])('where only the primary is up, target_session_attrs=%s answers: %s', async (attrs, expected) => {
  expect(await reached([hostOf(primary), '127.0.0.1:1'], attrs)).toContain(expected)
})

test('a password that is refused by the first server is not tried on the next', async () => {
  const url = `postgres://app:wrong@word@${hostOf(primary)},${hostOf(standby)}/postgres`
  const target = { url, applicationName: 'limbeck test', connectTimeoutMs: 0 }
  const error = await failure(withConnection(target, 'SELECT 1', async () => {}))
  expect(error.code).toBe('LIMBECK_AUTHENTICATION_FAILED')
  expect(`${error.message} ${error.details.hint}`).not.toMatch(/wrong|word@/)
})

test('where no server answers all of them are named, and nothing of the password', async () => {
  const answer = await reached(['127.0.0.1:1', '[::1]:1', '%2Fnowhere'])
  expect(answer).toContain('(127.0.0.1:1,[::1]:1,/nowhere/postgres)')
  expect(answer).toMatch(/: 127.0.0.1:1: .+; \[::1\]:1: .+; \/nowhere: .*ENOENT/)
  expect(answer).not.toMatch(/p@ss|w,rd/)
})

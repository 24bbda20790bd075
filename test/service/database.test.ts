import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/service/database.ts'
import { poolOptions } from '../../src/service/pool-options.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

/** As which role and by which name the pool on that URL is connected. */
async function connected(url: string) {
  const { db, close } = openDatabase(url, 1, keepLog())
  onTestFinished(close)
  const [row] = await db.execute(
    sql`SELECT current_user AS role, current_setting('application_name') AS name, current_setting('work_mem') AS memory`,
  )
  return row
}

test('the pool reads a URL as the migrator does: passwords, parameters, hosts that are gone', async () => {
  const database = await createDatabase()
  const role = await newRole(database)
  const password = 'p@ss:w,rd'
  await database.query(`ALTER ROLE "${role.name}" PASSWORD '${password}'`)
  const { host, pathname } = new URL(role.url)
  for (const url of [
    `postgres://${role.name}:${password}@${host}${pathname}?work_mem=5MB&sslmode=prefer&connect_timeout=3`,
    `postgres://${role.name}:${password}@127.0.0.1:1,${host}${pathname}?work_mem=5MB&target_session_attrs=primary`,
    `postgres://${role.name}:${password}@${host},127.0.0.1:1${pathname}?work_mem=5MB&target_session_attrs=any`,
  ])
    expect(await connected(url)).toEqual({ role: role.name, name: 'catalogue', memory: '5MB' })
})

test.each([
  ['postgres://[::1]:6000/d', { host: ['::1'], port: [6000], database: 'd' }],
  ['postgres:///d?host=/tmp&port=6000', { path: '/tmp/.s.PGSQL.6000', ssl: false }],
  ['postgres:///d', { ssl: false }],
  [
    'postgres://one,two:2/d',
    { host: ['one', 'two'], port: [5432, 2], target_session_attrs: 'primary' },
  ],
  ['postgres://one/d?prepare=false&max_lifetime=60', { prepare: false, max_lifetime: 60 }],
  ['postgres://one/d?sslmode=require', { ssl: { rejectUnauthorized: false } }],
  ['postgres://one/d?sslmode=verify-full&sslnegotiation=direct', { sslnegotiation: 'direct' }],
])('of %s postgres.js is told what the parser reads', (url, expected) => {
  expect(poolOptions(url)).toMatchObject(expected)
})

test('what the parser refuses the pool refuses, without the password', () => {
  expect(() => poolOptions('postgres://u:ses/ame@host/d')).toThrow(/^DATABASE_URL holds "\/"/)
})

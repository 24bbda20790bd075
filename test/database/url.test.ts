import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseUrl, serverName, urlOfDatabase } from '../../src/database/url.ts'
import { schemaOf, settingsOf } from '../../src/database/url-parameters.ts'
import type { LimbeckError } from '../../src/errors.ts'
import { seeded } from '../support/seeded.ts'

function refusal(url: string): LimbeckError {
  try {
    parseUrl(url, 'DATABASE_URL')
  } catch (error) {
    return error as LimbeckError
  }
  throw new Error('the URL is taken')
}

const plain = { user: undefined, password: undefined, database: undefined }
const port = undefined

test.each(['mysql://root:sesame@localhost/db', 'localhost:5432/db', ''])(
  '%j is no PostgreSQL URL, and its password is not shown',
  (url) => {
    const error = refusal(url)
    expect(error.code).toBe('LIMBECK_INVALID_OPTION')
    expect(error.message).toContain('DATABASE_URL')
    expect(error.message).not.toContain('sesame')
  },
)

test.each([
  [
    'postgres://u:p@/db?host=/var/run/postgresql',
    {
      endpoints: [{ path: '/var/run/postgresql/.s.PGSQL.5432' }],
      user: 'u',
      password: 'p',
      database: 'db',
    },
  ],
  [
    'postgres:///db?host=/tmp&port=6000',
    { ...plain, endpoints: [{ path: '/tmp/.s.PGSQL.6000' }], database: 'db' },
  ],
  [
    'postgresql://%2Fvar%2Frun,[::1]:6000,two/db',
    {
      ...plain,
      endpoints: [
        { path: '/var/run/.s.PGSQL.5432' },
        { host: '::1', port: 6000 },
        { host: 'two', port },
      ],
      database: 'db',
    },
  ],
  [
    'postgres://?host=one,two&port=1,2&user=me&password=a%2Bb&dbname=x',
    {
      endpoints: [
        { host: 'one', port: 1 },
        { host: 'two', port: 2 },
      ],
      user: 'me',
      password: 'a+b',
      database: 'x',
    },
  ],
  [
    'postgres://u@host/Gro%C3%9Fe%20%22db%22',
    { ...plain, endpoints: [{ host: 'host', port }], user: 'u', database: 'Große "db"' },
  ],
  [
    ' POSTGRES://u:a:b@c,d@host:5433\n',
    { ...plain, endpoints: [{ host: 'host', port: 5433 }], user: 'u', password: 'a:b@c,d' },
  ],
  [
    'postgres://u:a@b,c:d@[::1]:5432,one,[fe80::2],%2Ftmp:5433/db',
    {
      endpoints: [
        { host: '::1', port: 5432 },
        { host: 'one', port },
        { host: 'fe80::2', port },
        { path: '/tmp/.s.PGSQL.5433' },
      ],
      user: 'u',
      password: 'a@b,c:d',
      database: 'db',
    },
  ],
  ['postgres:///db', { ...plain, endpoints: [{ host: undefined, port }], database: 'db' }],
])('%s is read as the WHATWG and libpq read it', (url, expected) => {
  expect(parseUrl(url, 'url')).toEqual({ ...expected, parameters: new Map() })
})

test.each([
  ['postgres://u:a/b@host/db', '"/"', '%2F'],
  ['postgres://u:a?b@host/db', '"?"', '%3F'],
  ['postgres://u:a#b@host/db', '"#"', '%23'],
  ['postgres://u:a%b@host/db', '"%"', '%25'],
  ['postgres://u:1234/b@host/db', '"/"', '%2F'],
  ['postgres://u:a\tb@host/db', 'control character', 'encodeURIComponent'],
  ['postgres://u:a%ffb@host/db', 'not UTF-8', 'encodeURIComponent'],
  ['postgres://u:sesame', 'port', '%40'],
  ['postgres://host:70000/db', 'port', '65535'],
  ['postgres://[::1/db', 'host', '[::1]'],
  ['   ', 'is empty', 'postgres://user'],
  ["'postgres://u:sesame@host/db'", 'quotation mark', 'without quotation marks'],
  ['"postgres://u:sesame@host/db"', 'quotation mark', 'container'],
])('%s is refused, naming the character and how to write it', (url, what, remedy) => {
  const { code, message, details } = refusal(url)
  expect(code).toBe('LIMBECK_INVALID_OPTION')
  expect(`${message} ${details.hint}`).toContain(what)
  expect(`${message} ${details.hint}`).toContain(remedy)
  expect(message).not.toContain('sesame')
})

test.each([
  ['sslmode=no-verify', 'sslmode', 'require'],
  ['channel_binding=require', 'channel_binding', 'prefer'],
  ['target_session_attrs=master', 'target_session_attrs', 'primary'],
  ['gssencmode=require', 'gssencmode', 'GSSAPI'],
  ['sslmode=VERIFY-FULL', 'sslmode', 'verify-full'],
  ['target_session_attrs=Primary', 'target_session_attrs', 'primary'],
  ['ssl=True', 'ssl', 'sslmode=require'],
])('the parameter %s is named with what to write instead', (parameter, name, remedy) => {
  const { message, details } = refusal(`postgres://host/db?${parameter}`)
  expect(message).toContain(`"${name}"`)
  expect(details.hint).toContain(remedy)
})

test('what is not a parameter of Limbeck, a pool or libpq is a setting of the session', () => {
  const { parameters } = parseUrl(
    'postgres://h/d?statement_timeout=5s&max=3&sslmode=disable&options=-c%20a.b%3D1',
    'url',
  )
  expect(settingsOf(parameters)).toEqual({ statement_timeout: '5s', options: '-c a.b=1' })
})

test("what Prisma says of its pool is no setting, and its schema, as JDBC's, is the target schema", () => {
  const of = (query: string) => parseUrl(`postgres://h/d?${query}`, 'url').parameters
  const prisma = of('schema=shop&connection_limit=5&pool_timeout=2&pgbouncer=true')
  expect(settingsOf(prisma)).toEqual({})
  expect(schemaOf(prisma)).toBe('shop')
  expect(schemaOf(of('currentSchema=a,b'))).toBe('a')
  expect(schemaOf(of('schema='))).toBe(undefined)
})

test('several hosts are a URL, and an error shows host, port and database only', () => {
  expect(serverName('postgres://user:sesame@one:5432,two:5433/db?sslmode=require')).toBe(
    'one:5432,two:5433/db',
  )
  expect(serverName('postgres://user:sesame@[::1]:5432/a%20b')).toBe('[::1]:5432/a%20b')
  expect(serverName('postgres:///db?host=/tmp&port=6000')).toBe('/tmp/db')
  expect(serverName('postgres://user:ses/ame@one')).toBe('as configured')
  expect(serverName('postgres://')).toBe('by PGHOST and PGPORT')
})

test.each([
  [
    'postgres://u:p@host:5432/db?sslmode=require',
    'postgres://u:p@host:5432/a%20b%2Fc?sslmode=require',
  ],
  ['postgres://one:1,two:2', 'postgres://one:1,two:2/a%20b%2Fc'],
  ['postgres:///db?host=/tmp', 'postgres:///a%20b%2Fc?host=/tmp'],
  ['postgres://h?dbname=x&sslmode=disable', 'postgres://h/a%20b%2Fc?sslmode=disable'],
])('another database on the server of %s', (url, expected) => {
  expect(urlOfDatabase(url, 'a b/c')).toBe(expected)
  expect(parseUrl(expected, 'url').database).toBe('a b/c')
})

// Capitals and marks, so that no part of it can be a part of the names around it.
const passwords = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZ:/?#[]@!$&\'()*+,;=%"<>\\^`{|} ß€'),
  minLength: 4,
  maxLength: 24,
})
const piecesOf = (text: string) =>
  Array.from({ length: text.length - 3 }, (_, at) => text.slice(at, at + 4))
const tells = (shown: string, password: string) =>
  piecesOf(password).filter((piece) => shown.includes(piece))

test('however a password is written, no four characters of it are shown', () => {
  fc.assert(
    fc.property(passwords, fc.constantFrom('', '12', 'x'), (random, digits) => {
      const password = digits + random
      for (const written of [password, encodeURIComponent(password)]) {
        const url = `postgres://user:${written}@127.0.0.1:1,two/shop?sslmode=disable`
        expect(tells(serverName(url), random)).toEqual([])
        try {
          expect(parseUrl(url, 'url').password).toBe(password)
        } catch (error) {
          const { message, details } = error as LimbeckError
          if (details === undefined) throw error
          expect(written).toBe(password)
          expect(tells(`${message} ${details.hint}`, random)).toEqual([])
        }
      }
    }),
    { ...seeded, numRuns: 500 },
  )
})

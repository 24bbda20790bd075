import { expect, test } from 'vitest'
import { checkUrl, driverTarget, place, urlOfDatabase } from '../../src/database/url.ts'
import { failure } from '../support/revisions.ts'

test.each(['mysql://root:sesame@localhost/db', 'localhost:5432/db', ''])(
  '%j is no PostgreSQL URL, and its password is not shown',
  async (url) => {
    const error = await failure(Promise.resolve().then(() => checkUrl(url, 'DATABASE_URL')))
    expect(error.code).toBe('LIMBECK_INVALID_OPTION')
    expect(error.message).toContain('DATABASE_URL')
    expect(error.message).not.toContain('sesame')
  },
)

test.each([
  [
    'postgres://u:p@/db?host=/var/run/postgresql',
    { url: 'postgres://u:p@localhost/db?', host: '/var/run/postgresql', port: 5432 },
  ],
  [
    'postgres:///db?host=/tmp&port=6000&sslmode=disable',
    { url: 'postgres://localhost/db?sslmode=disable', host: '/tmp', port: 6000 },
  ],
  [
    'postgres://u@host:5432/db?sslmode=require',
    { url: 'postgres://u@host:5432/db?sslmode=require' },
  ],
  [
    'postgres://u@host/Gro%C3%9Fe%20%22db%22',
    { url: 'postgres://u@host/Gro%C3%9Fe%20%22db%22', database: 'Große "db"' },
  ],
])('%s reaches the driver with what it cannot read in a URL beside it', (url, expected) => {
  expect(driverTarget(url)).toEqual(expected)
  expect(() => checkUrl(url, 'url')).not.toThrow()
})

test('several hosts are a URL, and an error shows host and database only', () => {
  const url = 'postgres://user:sesame@one:5432,two:5433/db?sslmode=require'
  expect(() => checkUrl(url, 'url')).not.toThrow()
  expect(place(url)).toBe('one:5432,two:5433/db')
})

test.each([
  [
    'postgres://u:p@host:5432/db?sslmode=require',
    'postgres://u:p@host:5432/a%20b%2Fc?sslmode=require',
  ],
  ['postgres://one:1,two:2', 'postgres://one:1,two:2/a%20b%2Fc'],
  ['postgres:///db?host=/tmp', 'postgres:///a%20b%2Fc?host=/tmp'],
])('another database on the server of %s', (url, expected) => {
  expect(urlOfDatabase(url, 'a b/c')).toBe(expected)
  expect(driverTarget(expected).database).toBe('a b/c')
})

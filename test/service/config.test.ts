import { expect, test } from 'vitest'
import { readConfig } from '../../src/service/config.ts'

test('an empty environment gives the defaults', () => {
  expect(readConfig({})).toEqual({
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    databasePoolMax: 10,
    migrateMode: 'upgrade',
    migrations: undefined,
    host: '127.0.0.1',
    port: 3000,
    logLevel: 'info',
    dataDir: undefined,
    embeddedPort: 0,
    shutdownTimeoutMs: 10_000,
    failureLinger: 5000,
  })
})

test('an empty variable counts as unset, other variables do not count', () => {
  expect(readConfig({ DATABASE_URL: '', PORT: ' ', HOME: '/x' })).toEqual(readConfig({}))
})

test('values are read as what they are', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://a:b@c/d',
    MIGRATION_DATABASE_URL: 'postgresql://a:b@c:5432/d?sslmode=require',
    PORT: '8080',
    MIGRATE_MODE: 'wait',
    LOG_LEVEL: 'debug',
  })
  expect(config).toMatchObject({
    databaseUrl: 'postgres://a:b@c/d',
    migrationDatabaseUrl: 'postgresql://a:b@c:5432/d?sslmode=require',
    port: 8080,
    migrateMode: 'wait',
    logLevel: 'debug',
  })
})

test.for([
  { env: { PORT: 'http' }, says: 'PORT must be a whole number from 0 to 65535; it is "http"' },
  { env: { PORT: '65536' }, says: 'PORT must be a whole number from 0 to 65535; it is "65536"' },
  { env: { PORT: '1.5' }, says: 'PORT must be a whole number from 0 to 65535; it is "1.5"' },
  {
    env: { MIGRATE_MODE: 'upgarde' },
    says: 'MIGRATE_MODE must be one of upgrade, verify, wait, off; it is "upgarde"',
  },
  {
    env: { LOG_LEVEL: 'loud', DATABASE_POOL_MAX: '0' },
    says: /DATABASE_POOL_MAX must be a whole number from 1 to 1000; it is "0".*LOG_LEVEL must be one of fatal, error/,
  },
  { env: { MIGRATION_DATABASE_URL: 'postgres://c/d' }, says: /DATABASE_URL is not/ },
])('$env is refused by name', ({ env, says }) => {
  expect(() => readConfig(env)).toThrow(says)
})

test.for([
  'postgrse://user:s3cret@host/db',
  'user:s3cret@host/db',
  's3cret',
  'postgres://user:s3cret@host:54x32/db',
  'postgres://user:s3cret@/db',
  'mysql://user:s3cret@host/db',
  'postgres://user:s3cret/x@host/db',
  'postgres://user:s3cret%@host/db',
])('a mistyped URL names its variable and keeps the password back: %s', (url) => {
  for (const env of [
    { DATABASE_URL: url },
    { DATABASE_URL: 'postgres://a/b', MIGRATION_DATABASE_URL: url },
  ]) {
    const name = Object.keys(env).at(-1)
    let message = ''
    try {
      readConfig(env)
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain(`Error: ${name} `)
    expect(message).toContain('postgres://user:password@host:5432/database')
    expect(message).not.toContain('s3cret')
  }
})

test('several hosts are a URL too', () => {
  const url = 'postgres://a:b@one:5432,two:5433/d'
  expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url)
})

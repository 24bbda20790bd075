import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase, onServer } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

test.for<
  readonly [
    what: string,
    change: (database: string, role: string) => string,
    code: string,
    hint: RegExp,
  ]
>([
  [
    'a role without CONNECT',
    (database) => `REVOKE CONNECT ON DATABASE "${database}" FROM PUBLIC`,
    'LIMBECK_PERMISSION_DENIED',
    /grant CONNECT/,
  ],
  [
    'a role without a connection left',
    (_, role) => `ALTER ROLE ${role} CONNECTION LIMIT 0`,
    'LIMBECK_CONNECTION_FAILED',
    /CONNECTION LIMIT/,
  ],
  [
    'a database that takes no connections',
    (database) => `ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`,
    'LIMBECK_CONNECTION_FAILED',
    /ALLOW_CONNECTIONS true/,
  ],
  [
    'a role that may not log in',
    (_, role) => `ALTER ROLE ${role} NOLOGIN`,
    'LIMBECK_AUTHENTICATION_FAILED',
    /pg_hba/,
  ],
])(
  '%s: the server has answered, and nobody is sent to host and port',
  async ([, change, code, hint]) => {
    const database = await createDatabase()
    const role = await newRole(database)
    await onServer((sql) => sql.unsafe(change(database.name, role.name)))
    const { path } = await revisionFolder()
    const error = await failure(initDb({ url: role.url, migrations: path, connectTimeout: 100 }))
    expect(error.code).toBe(code)
    expect(error.details.hint).toMatch(hint)
    expect(error.details.hint).not.toContain('host and port')
  },
)

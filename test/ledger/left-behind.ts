import { createMigrator, initDb } from '../../src/index.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { createDatabase } from '../support/postgres.ts'
import { imported } from './foreign.ts'

export const up = (n: number) => `CREATE TABLE t${n} (id integer);`
const down = (n: number) => `DROP TABLE t${n};`
const three = (each: (n: number) => Readonly<Record<string, string>>) =>
  Object.assign({}, each(1), each(2), each(3)) as Readonly<Record<string, string>>

export const projects = {
  prisma: three((n) => ({ [`2026010${n}000000_t/migration.sql`]: up(n) })),
  'golang-migrate': three((n) => ({ [`${n}_t.up.sql`]: up(n), [`${n}_t.down.sql`]: down(n) })),
  goose: three((n) => ({ [`${n}_t.sql`]: `-- +goose Up\n${up(n)}\n-- +goose Down\n${down(n)}` })),
  flyway: three((n) => ({ [`V${n}__t.sql`]: up(n), [`U${n}__t.sql`]: down(n) })),
  'node-pg-migrate': three((n) => ({
    [`${n}_t.sql`]: `-- Up Migration\n${up(n)}\n-- Down Migration\n${down(n)}`,
  })),
} satisfies Partial<Record<SqlTool, Readonly<Record<string, string>>>>

export type Project = keyof typeof projects

/** What the tool has left behind after all three; then `change` is what happened to it. */
export async function leftBehind(tool: Project, change: string) {
  const { migrations, ids } = await imported(tool, projects[tool])
  const database = await createDatabase()
  const options = { url: database.url, migrations, ledger: tool }
  await initDb(options)
  await database.query(`DROP TABLE limbeck_version, limbeck_history, limbeck_progress; ${change}`)
  return { database, options, ids, migrator: createMigrator(options) }
}

/** The last migration of Prisma's. */
export const last = '20260103000000_t'

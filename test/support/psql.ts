import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readCatalog } from './catalog.ts'
import type { TestDatabase } from './postgres.ts'

/** What psql answered. */
export interface PsqlRun {
  readonly code: number
  readonly stderr: string
}

/** Runs a script by the real psql; `flags` as people would give them. */
export async function psql(
  database: TestDatabase,
  script: string,
  flags: readonly string[] = ['-v', 'ON_ERROR_STOP=1'],
): Promise<PsqlRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-psql-'))
  const file = path.join(folder, 'script.sql')
  await writeFile(file, script)
  const args = ['-X', '-q', ...flags, '-f', file, database.url]
  const run = await new Promise<PsqlRun>((resolve) => {
    execFile('psql', args, (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stderr }),
    )
  })
  await rm(folder, { recursive: true, force: true })
  return run
}

/** Catalog, version rows, history without times and host, and all rows of `tables`. */
export async function readState(
  database: TestDatabase,
  tables: readonly string[] = [],
): Promise<object> {
  const rows = await Promise.all(
    tables.map((table) =>
      database.query(`SELECT ('${table} ' || t::text) AS row FROM ${table} t ORDER BY 1`),
    ),
  )
  return {
    catalog: await readCatalog(database),
    version: await database.query('SELECT * FROM limbeck_version ORDER BY 1'),
    progress: await database.query('SELECT * FROM limbeck_progress'),
    history: await database.query(
      `SELECT id, version_table, revision, direction, rows_before, rows_after, hash, downgrade_sql, transactional, compatible, database_user, application_version
       FROM limbeck_history ORDER BY id`,
    ),
    rows,
  }
}

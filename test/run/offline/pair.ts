import { expect } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../../src/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { psql, readState } from '../../support/psql.ts'
import { type RevisionFolder, revisionFolder } from '../../support/revisions.ts'

/** Two databases and a migrator: one is migrated online, the other by the scripts. */
export async function pair(migrations: string, options: Partial<LimbeckOptions> = {}) {
  const [online, offline] = [await createDatabase(), await createDatabase()]
  const migrator = createMigrator({ url: online.url, migrations, ...options })
  const same = async (tables: readonly string[] = []) =>
    expect(await readState(offline, tables)).toEqual(await readState(online, tables))
  const run = async (sql = '') => expect(await psql(offline, sql)).toEqual({ code: 0, stderr: '' })
  return { online, offline, migrator, same, run }
}

export async function threeSteps(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none', 'compatible: no'],
    up: 'ALTER TABLE t ADD x int;\nCREATE INDEX CONCURRENTLY t_id ON t (id);',
    down: 'DROP INDEX CONCURRENTLY t_id;\nALTER TABLE t DROP x;',
  })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: 'CREATE VIEW v AS SELECT id FROM t;',
    down: 'DROP VIEW v;',
  })
  return folder
}

import { initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'
import { type RevisionFolder, revisionFolder } from './revisions.ts'

/** A database, the folder of its revisions, and the options that lead to both. */
export interface Project {
  readonly database: TestDatabase
  readonly folder: RevisionFolder
  readonly options: { readonly url: string; readonly migrations: string }
}

/** Nothing in either. */
export async function emptyProject(): Promise<Project> {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  return { database, folder, options: { url: database.url, migrations: folder.path } }
}

/** The database is at its first revision, `aaa1`, whose body is `up`. */
export async function migratedProject(up: string): Promise<Project> {
  const project = await emptyProject()
  await project.folder.sql('aaa1', { up, down: 'SELECT 1;' })
  await initDb(project.options)
  return project
}

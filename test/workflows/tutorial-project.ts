import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Project, startProject } from './project.ts'

/** The environment and the two revisions of the tutorial. */
export async function accounts(more?: string): Promise<Project> {
  const project = await startProject()
  await project.type('limbeck init alembic')
  if (more !== undefined) addFolder(project.cwd, more)
  const versionPath = more === undefined ? '' : ' --version-path=alembic'
  await project.type(
    `limbeck revision -m "create account table" --rev-id 1975ea83b712${versionPath}`,
  )
  project.fill(
    '1975ea83b712',
    'CREATE TABLE account (id serial PRIMARY KEY, name varchar(50) NOT NULL, description varchar(200));',
    'DROP TABLE account;',
  )
  await project.type('limbeck revision -m "Add a column" --rev-id ae1027a6acf')
  project.fill(
    'ae1027a6acf',
    'ALTER TABLE account ADD COLUMN last_transaction_date timestamp;',
    'ALTER TABLE account DROP COLUMN last_transaction_date;',
  )
  return project
}

export function addFolder(cwd: string, folder: string): void {
  mkdirSync(join(cwd, folder), { recursive: true })
  writeFileSync(
    join(cwd, 'limbeck.config.ts'),
    `export default { migrations: ['${folder}', 'alembic'] }\n`,
  )
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { tempFolder } from './temp-folder.ts'

type Models = Record<string, unknown>

/** A database with a folder of revisions; each use names the models of its day. */
export async function project(options: Partial<LimbeckOptions> = {}) {
  const database = await createDatabase()
  const root = tempFolder({ 'migrations/.gitkeep': '' })
  const files = () => readdirSync(join(root, 'migrations')).filter((name) => name.endsWith('.sql'))
  const limbeck = (models: Models) =>
    createMigrator({
      url: database.url,
      migrations: join(root, 'migrations'),
      models,
      ...options,
    })
  return {
    ...database,
    root,
    files,
    limbeck,
    text: (file: string) => readFileSync(file, 'utf8'),
    /** Brings the database to what the models say. */
    async reach(models: Models, message = 'before') {
      await limbeck(models).autogenerate({ message, allowDataLoss: true, renames: false })
      await limbeck(models).upgrade()
    },
  }
}

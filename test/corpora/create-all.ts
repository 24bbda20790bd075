import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Schema } from '../../src/schema/schema.ts'
import { createAll } from '../acceptance/database.ts'
import { autogenerate } from '../acceptance/engine.ts'
import { newDatabase } from '../support/database.ts'
import { connected } from './transitions.ts'

/** What autogenerate proposes where nothing has changed: every statement is a false positive. */
export interface FalsePositives {
  readonly afterCreateAll: readonly string[]
  /** null where there is no pg_dump of the server's version. */
  readonly afterRestore: readonly string[] | null
}

/** Builds the models, looks for changes, dumps and restores the database, looks again. */
export async function falsePositives(serverUrl: string, models: Schema): Promise<FalsePositives> {
  const database = await newDatabase(serverUrl)
  const restored = await newDatabase(serverUrl)
  const proposed = (url: string) =>
    connected(url, async (connection) => {
      const { upgrade, warnings } = await autogenerate(connection, models)
      return [...upgrade.flatMap(({ statements }) => statements), ...warnings]
    })
  try {
    await connected(database.url, (connection) => createAll(connection, models))
    const afterCreateAll = await proposed(database.url)
    const isRestored = await restore(database.url, restored.url)
    return { afterCreateAll, afterRestore: isRestored ? await proposed(restored.url) : null }
  } finally {
    await Promise.all([database.drop(), restored.drop()])
  }
}

async function restore(from: string, to: string): Promise<boolean> {
  const command = 'set -o pipefail; pg_dump -Ox "$0" | psql -Xq -v ON_ERROR_STOP=1 "$1"'
  try {
    await promisify(execFile)('bash', ['-c', command, from, to])
    return true
  } catch {
    return false
  }
}

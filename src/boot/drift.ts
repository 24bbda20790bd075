import { readCatalog } from '../changes/drift.ts'
import type { BootFinding } from '../config/options.ts'
import type { Config } from '../config/resolve-config.ts'
import { withSession } from '../session/session.ts'

/**
 * Compares the catalog with what it was when the head was reached, on a connection of its own: the boot's is closed, and the
 * service serves. Where nothing is kept yet, this is it. Throws what connecting throws.
 */
export async function findDrift(config: Config): Promise<BootFinding | null> {
  const quiet: Config = { ...config, onProgress: () => {} }
  return await withSession(quiet, async (session) => {
    const { drift, keep } = await readCatalog(session)
    const { logger } = config
    if (drift.is === 'unkept') {
      // A role that may only read keeps nothing: who migrates does.
      await keep().then(
        () => logger.debug({}, 'the catalog is kept as it is'),
        (err) => logger.debug({ err }, 'the catalog could not be kept'),
      )
      return null
    }
    if (drift.is === 'moving' || drift.changes.length === 0) {
      logger.debug(
        {},
        drift.is === 'moving' ? 'the catalog is on the move' : 'the catalog is as it was',
      )
      return null
    }
    return {
      code: 'drift',
      message: `the database was changed beside the revisions: ${listed(drift.changes)}`,
      hint: '`npx limbeck check --database` names all of it. Undo it, or write it into a revision; what is to stay is accepted by `npx limbeck check --database --write`.',
      revisions: session.state.rows ?? [],
    }
  })
}

/** The first ten of many. */
function listed(changes: readonly string[]): string {
  const more = changes.length - 10
  return more > 0 ? `${changes.slice(0, 10).join(', ')} and ${more} more` : changes.join(', ')
}

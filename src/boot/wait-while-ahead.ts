import { now, pause } from '../database/pause.ts'
import { readVersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { downgradeCommand } from '../session/ahead-errors.ts'
import type { Session } from '../session/session.ts'

/**
 * Policy `ahead: 'wait'`: asks until every version row is known to this build, because a newer build has been downgraded. Takes no
 * lock: the downgrade needs it. Throws LIMBECK_WAIT_TIMEOUT, LIMBECK_CANCELLED.
 */
export async function waitWhileAhead(
  { config, connection }: Session,
  { map }: Revisions,
): Promise<void> {
  const start = now()
  for (let attempt = 0; ; attempt++) {
    const { rows, interrupted } = await readVersionState(connection, config.tables)
    const named = [...(rows ?? []), ...(interrupted ? [interrupted.revision] : [])]
    const unknown = named.filter((id) => !map.nodes.has(id))
    if (unknown.length === 0) return
    const waitedMs = now() - start
    const downgrade = downgradeCommand({ map })
    if (waitedMs > config.waitTimeoutMs)
      throw new LimbeckError(
        'LIMBECK_WAIT_TIMEOUT',
        `after ${Math.round(waitedMs / 1000)} s the database is still ahead of this build: ${unknown.join(', ')} is unknown here`,
        {
          revisions: unknown,
          hint: `Deploy the newer build again, go back with ${downgrade}, or raise waitTimeout.`,
        },
      )
    if (attempt % 30 === 0)
      config.logger.warn(
        { unknown, waitedMs },
        `the database is ahead of this build: waiting for the newer build, or for ${downgrade}`,
      )
    config.onProgress({ state: 'waiting', holder: null, waitedMs })
    await pause(
      Math.min(100 + attempt * 50, 1_000),
      config.signal,
      'stopped while the database was ahead of this build',
    )
  }
}

import { listenForRelease } from '../database/lock.ts'
import { now, pause } from '../database/pause.ts'
import { readVersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { isAtHead } from '../session/classify.ts'
import type { Session } from '../session/session.ts'
import type { Booted } from './boot-report.ts'

/**
 * Mode `wait`: asks until another process has brought the database to head, or past it (null). Takes no lock.
 * Throws LIMBECK_WAIT_TIMEOUT, LIMBECK_CANCELLED.
 */
export async function waitUntilMigrated(
  { config, connection, state }: Session,
  { map }: Revisions,
): Promise<Booted | null> {
  const start = now()
  // Through a pooler it is not known on which connection the notice would arrive.
  const isDirect = state.pid === connection.announcedPid()
  const isTold = isDirect && (await listenForRelease(connection, config.tables))
  for (let attempt = 0; ; attempt++) {
    const released = connection.notified()
    const { rows, interrupted } = await readVersionState(connection, config.tables)
    const waitedMs = now() - start
    if (isAtHead(map, { rows, interrupted }))
      return {
        outcome: 'waited',
        from: state.rows ?? [],
        to: rows ?? [],
        applied: [],
        stamped: [],
        waitedMs,
      }
    if (rows?.some((row) => !map.nodes.has(row))) return null
    if (waitedMs > config.waitTimeoutMs)
      throw new LimbeckError(
        'LIMBECK_WAIT_TIMEOUT',
        `after ${Math.round(waitedMs / 1000)} s the database is not at head: it is at ${rows?.join(', ') || 'nothing'}`,
        {
          revisions: map.effectiveHeads,
          hint: 'Migrate it (`npx limbeck upgrade heads`), or raise waitTimeout.',
        },
      )
    if (attempt % 5 === 0)
      config.logger.info(
        { current: rows, heads: map.effectiveHeads, waitedMs },
        'waiting until another process has migrated',
      )
    config.onProgress({ state: 'waiting', holder: null, waitedMs })
    const ms = isTold ? 1_000 : Math.min(100 + attempt * 50, 1_000)
    const stopped = 'stopped while waiting for another process to migrate'
    await pause(ms, config.signal, stopped, released)
  }
}

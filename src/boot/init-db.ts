import type { BootOptions, BootReport } from '../config/options.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { readRevisionNames } from '../script/revision-files.ts'
import { withSession } from '../session/session.ts'
import { type BootConfig, resolveBootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { bootInTurn } from './boot-under-lock.ts'
import { isHeadOf } from './is-remembered-head.ts'

const headlines: Readonly<Record<BootReport['outcome'], string>> = {
  created: 'database created and stamped',
  upgraded: 'database upgraded',
  current: 'database is at head',
  waited: 'another process has migrated; database is at head',
  resumed: 'a revision that was cut off is finished; database is at head',
  adopted: 'database adopted',
  ahead: 'database is ahead of this build; serving on it',
  off: 'migrating is off; the database was not looked at',
}

/**
 * Brings the database to the head of the revision files before the service serves, whatever state it is in, and
 * logs one line of what it found and did. At head it costs one query, takes no lock and writes nothing.
 *
 * Takes the migration lock for anything else. Throws a LimbeckError, after logging it, when the service must not serve:
 * LIMBECK_LEGACY_DATABASE, LIMBECK_DATABASE_AHEAD, LIMBECK_NOT_AT_HEAD, LIMBECK_MULTIPLE_HEADS, LIMBECK_STEP_FAILED,
 * LIMBECK_LOCK_TIMEOUT and what connecting or reading the files throws.
 */
export async function initDb(options: BootOptions): Promise<BootReport> {
  const start = Date.now()
  try {
    const config = resolveBootConfig(options)
    const booted = await boot(options, config)
    const report: BootReport = { ...booted, durationMs: Date.now() - start }
    const level = report.outcome === 'ahead' ? 'warn' : 'info'
    options.logger?.[level](report, headlines[report.outcome])
    return report
  } catch (error) {
    const facts = error instanceof LimbeckError ? error.toJSON() : { err: error }
    options.logger?.error(
      { ...facts, durationMs: Date.now() - start },
      error instanceof Error ? error.message : 'initDb() failed',
    )
    throw error
  }
}

async function boot(options: BootOptions, bootConfig: BootConfig): Promise<Booted> {
  if (bootConfig.mode === 'off')
    return { outcome: 'off', from: [], to: [], applied: [], waitedMs: 0 }
  const config = resolveConfig(options)
  // While the connection is opened.
  const reading = readRevisionNames(config.folders)
  reading.catch(() => {})
  return await withSession(config, async (session) => {
    const files = await reading
    const { rows } = session.state
    if (rows && isHeadOf(session.state, files)) return atHead(rows)
    return await bootInTurn(session, options, bootConfig, files)
  })
}

function atHead(rows: readonly string[]): Booted {
  return { outcome: 'current', from: rows, to: rows, applied: [], waitedMs: 0 }
}

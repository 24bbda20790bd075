import { nextTick } from 'node:process'
import { logger as loggerKind } from '../config/kinds.ts'
import type { BootOptions, BootReport } from '../config/options.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { now } from '../database/pause.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import type { Prepare } from '../run/prepare-checked.ts'
import { isLarge } from '../script/large-file.ts'
import { isFileOf, type RevisionNames, readRevisionNames } from '../script/revision-files.ts'
import { type Session, underLock, withSession } from '../session/session.ts'
import { type BootConfig, resolveBootConfig } from './boot-config.ts'
import { type Booted, unchanged, waitedFor } from './boot-report.ts'
import { compareAfterBoot } from './compare-after-boot.ts'
import type { Decided } from './decide.ts'

const headlines: Readonly<Record<BootReport['outcome'], string>> = {
  created: 'database created and stamped',
  upgraded: 'database upgraded',
  current: 'database is at head',
  waited: 'another process has migrated; database is at head',
  resumed: 'a revision that was interrupted is finished; database is at head',
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
  const start = now()
  try {
    const config = resolveBootConfig(options)
    const { booted, schema, compare } = await boot(options, config)
    const report: BootReport = { ...booted, durationMs: now() - start }
    const level = report.outcome === 'ahead' ? 'warn' : 'info'
    // Where no schema is configured the connection has chosen it.
    const where = schema === undefined ? {} : { schema }
    options.logger?.[level]({ ...report, ...where }, headlines[report.outcome])
    // Behind what awaits the boot, and before a timer of its own can end the process.
    if (compare) nextTick(compare)
    return report
  } catch (error) {
    if (loggerKind.holds(options?.logger))
      options.logger?.error(
        { err: error, durationMs: now() - start },
        error instanceof Error ? error.message : 'initDb() failed',
      )
    throw error
  }
}

interface BootResult {
  readonly booted: Booted
  readonly schema?: string
  /** What is left to compare once the boot has reported. */
  readonly compare?: () => void
}

async function boot(options: BootOptions, bootConfig: BootConfig): Promise<BootResult> {
  if (bootConfig.mode === 'off') return { booted: unchanged('off', []) }
  const config = resolveConfig(options)
  // While the connection is opened.
  const reading = readRevisionNames(config.folders)
  reading.catch(() => {})
  if (bootConfig.modelsAhead === 'refuse')
    await (await import('./models-ahead.ts')).refuseModelsAhead(config, await reading)
  return await withSession(config, async (session) => {
    const files = await reading
    const { state } = session
    const booted =
      state.rows && isHeadOf(state, files)
        ? unchanged('current', state.rows)
        : await bootInTurn(session, bootConfig, files)
    const compare = () =>
      compareAfterBoot(session.config, { state, files, booted }, bootConfig, options)
    return { booted, schema: session.config.schema, compare }
  })
}

/**
 * Boots a database that is probably not at head. Where it is most likely to be migrated the lock comes first: of many
 * processes that start at once one loads what migrating takes, which a boot at head never does either, and the others
 * wait for its last history entry. Where files are large they are read before.
 */
async function bootInTurn(
  session: Session,
  bootConfig: BootConfig,
  files: RevisionNames,
): Promise<Booted> {
  const { state, config, connection } = session
  const decide = async (isLocked: boolean, prepare?: Prepare) =>
    (await import('./decide.ts')).decideBoot(session, bootConfig, isLocked, prepare)
  if (bootConfig.mode !== 'upgrade' || !isLikelyOurs(state, files))
    return finished(await decide(false))
  const peer = async () => {
    const now = await readVersionState(connection, config.tables)
    return isHeadOf(now, files) ? now : null
  }
  const prepare = files.files.some(isLarge)
    ? await (await import('./decide.ts')).readAhead(session)
    : undefined
  const done = await underLock(session, peer, () => decide(true, prepare))
  const { waitedMs } = done
  if (done.by === 'peer') return waitedFor(state.rows, done.found.rows, waitedMs)
  if (done.result.kind === 'done') return { ...done.result.booted, waitedMs }
  return finished(await decide(false))
}

function finished(decided: Decided): Booted {
  if (decided.kind === 'done') return decided.booted
  throw new TypeError('without the lock a boot is decided to its end')
}

/**
 * Whether the history says that the rows are the head of exactly these files: the question of every boot, answered
 * without opening one of them. Several heads are refused, which takes the files to say.
 */
function isHeadOf(
  { rows, interrupted, headOf }: VersionState,
  { fingerprint }: RevisionNames,
): boolean {
  return headOf === fingerprint && rows?.length === 1 && !interrupted
}

/**
 * Not at head, and no row is unknown to these files, as far as their names tell. Rows of which nothing is remembered may
 * well be the head: a stamp of another tool, say.
 */
function isLikelyOurs(
  { rows, interrupted, headOf }: VersionState,
  { names }: RevisionNames,
): boolean {
  if (rows === null) return true
  const ids = [...rows, ...(interrupted ? [interrupted.revision] : [])]
  const isNamed = (id: string) => names.some((name) => isFileOf(name, id))
  return headOf !== null && ids.every(isNamed)
}

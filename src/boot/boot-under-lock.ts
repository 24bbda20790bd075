import path from 'node:path'
import type { BootOptions } from '../config/options.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import { namesRevision } from '../script/header.ts'
import type { RevisionNames } from '../script/revision-files.ts'
import { type Session, underLock } from '../session/session.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { isHeadOf } from './is-remembered-head.ts'

/**
 * The boot of a database of which it is not known that it is at head. Where it is most likely to be migrated the lock
 * comes first: of many processes that start at once one loads what migrating takes, which a boot at head never does either,
 * and the others wait for its last line of history.
 */
export async function bootInTurn(
  session: Session,
  options: BootOptions,
  bootConfig: BootConfig,
  files: RevisionNames,
): Promise<Booted> {
  const { state, config, connection } = session
  const alone = async () =>
    (await import('./boot-behind.ts')).bootBehind(session, options, bootConfig)
  if (bootConfig.mode !== 'upgrade' || !isLikelyOurs(state, files)) return await alone()
  let now = state
  const peerIsDone = async () => {
    now = await readVersionState(connection, config.tables)
    return isHeadOf(now, files)
  }
  const { result, waitedMs } = await underLock(session, peerIsDone, async () =>
    (await import('./boot-behind.ts')).bootBehindLocked(session, options, bootConfig),
  )
  if (result === null)
    return { outcome: 'waited', from: state.rows ?? [], to: now.rows ?? [], applied: [], waitedMs }
  // What is to be done about a database that is ahead needs no lock, and the downgrade that is waited for does.
  return 'is' in result ? await alone() : { ...result, waitedMs }
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
  const isNamed = (id: string) =>
    names.some((name) => name.includes(id) && namesRevision(path.parse(name).name, id))
  return headOf !== null && ids.every(isNamed)
}

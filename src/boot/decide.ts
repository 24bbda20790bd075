import { learnArrayTypes } from '../database/array-types.ts'
import { type DatabaseFacts, readFacts } from '../database/read-facts.ts'
import { readNewestEntries } from '../database/read-history.ts'
import { readVersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { prepareAhead } from '../run/prepare-ahead.ts'
import type { Prepare } from '../run/prepare-checked.ts'
import {
  hasCode,
  hasForeignFiles,
  loadRevisions,
  type Revisions,
  requireRevisions,
} from '../script/revisions.ts'
import { divergedError } from '../session/ahead-errors.ts'
import { type Ahead, isAtHead, requireOneHead } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState, type StateAndFacts } from '../session/read-database-state.ts'
import { type Session, underLock } from '../session/session.ts'
import { refuseUnrecorded } from '../session/unrecorded.ts'
import { acceptAhead } from './accept-ahead.ts'
import { act } from './act.ts'
import type { BootConfig } from './boot-config.ts'
import { type Booted, unchanged, waitedFor } from './boot-report.ts'
import { waitUntilMigrated } from './wait-until-migrated.ts'
import { waitWhileAhead } from './wait-while-ahead.ts'

/**
 * What was decided. A database that is ahead is not acted upon under the lock: nothing that is done about it needs the
 * lock, and the downgrade that may be waited for does.
 */
export type Decided =
  | { readonly kind: 'done'; readonly booted: Booted }
  | { readonly kind: 'ahead'; readonly state: Ahead; readonly rows: readonly string[] }

/** Reads the files, compares, and does what is to be done; `ahead` is left to the caller where the lock is held. */
export async function decideBoot(
  session: Session,
  config: BootConfig,
  isLocked: boolean,
  prepare?: Prepare,
): Promise<Decided> {
  const { folders, tables, schema } = session.config
  // On its way while the files are read.
  const facts = isLocked ? readFacts(session.connection, tables, schema) : undefined
  facts?.catch(() => {})
  const revisions = await loadRevisions(folders)
  requireRevisions(revisions, folders)
  requireOneHead(revisions.map)
  if (isAtHead(revisions.map, session.state)) {
    const rows = session.state.rows ?? []
    if (hasForeignFiles(revisions)) {
      const records = await readNewestEntries(session.connection, tables)
      await refuseUnrecorded(session, revisions, rows, records)
    }
    return done(unchanged('current', rows))
  }
  // A boot that finds the database at head does not pay for what code wants of a connection.
  if (hasCode(revisions)) await learnArrayTypes(session.connection)
  if (isLocked) return await decideLocked(session, revisions, config, { facts, prepare })
  return done(await decide(session, revisions, config))
}

/** Before the lock: reads and parses what is pending, if any of it is large. */
export async function readAhead(session: Session): Promise<Prepare | undefined> {
  const { folders, models, fresh } = session.config
  // A database that is made from the models runs none of it.
  if (session.state.rows === null && models !== undefined && fresh === 'create') return undefined
  const revisions = await loadRevisions(folders).catch(() => null)
  return revisions === null ? undefined : await prepareAhead(session, revisions, toHeads(revisions))
}

const toHeads =
  ({ map }: Revisions) =>
  (rows: readonly string[]) =>
    planUpgrade(map, rows, 'heads')

const done = (booted: Booted): Decided => ({ kind: 'done', booted })

/**
 * Finds out what state the database is in and acts on it: inside the lock, except for what needs none because it
 * changes nothing (`verify`, `wait`, and a database that is ahead).
 */
async function decide(session: Session, revisions: Revisions, config: BootConfig): Promise<Booted> {
  // Rows that these files know say enough: what is to be done is found out inside the lock.
  if (config.mode === 'upgrade' && areKnown(revisions, session.state))
    return await migrate(session, revisions, config)
  const { state, rows } = await readDatabaseState(session, revisions)
  if (state.is === 'diverged') throw divergedError(session.config, state)
  if (state.is === 'ahead') return await onAhead(session, revisions, config, { state, rows })
  if (config.mode === 'verify') return verify(session, revisions, { state, rows })
  // A process that migrates refuses it too: it becomes ready by hand alone.
  if (config.mode === 'wait' && state.is === 'legacy' && config.legacy === 'refuse')
    throw legacyDatabase(session.config, revisions, state.tables)
  if (config.mode === 'wait')
    return (
      (await waitUntilMigrated(session, revisions)) ?? (await decide(session, revisions, config))
    )
  return await migrate(session, revisions, config)
}

async function onAhead(
  session: Session,
  revisions: Revisions,
  config: BootConfig,
  found: { readonly state: Ahead; readonly rows: readonly string[] },
): Promise<Booted> {
  const { ahead } = config
  if (ahead !== 'wait') return acceptAhead(session, revisions, ahead, found)
  await waitWhileAhead(session, revisions)
  return await decide(session, revisions, config)
}

function areKnown({ map }: Revisions, { rows, interrupted }: Session['state']): boolean {
  const named = [...(rows ?? []), ...(interrupted ? [interrupted.revision] : [])]
  return named.every((id) => map.nodes.has(id))
}

/** Takes the lock, decides again and acts; or finds that a peer has done it. */
async function migrate(
  session: Session,
  revisions: Revisions,
  config: BootConfig,
): Promise<Booted> {
  const peer = async () => {
    const now = await readVersionState(session.connection, session.config.tables)
    return isAtHead(revisions.map, now) ? now : null
  }
  const prepare = await prepareAhead(session, revisions, toHeads(revisions))
  const turn = await underLock(session, peer, () =>
    decideLocked(session, revisions, config, { prepare }),
  )
  const { waitedMs } = turn
  if (turn.by === 'peer') return waitedFor(session.state.rows, turn.found.rows, waitedMs)
  if (turn.result.kind === 'ahead') return await onAhead(session, revisions, config, turn.result)
  return { ...turn.result.booted, waitedMs }
}

/** What is there already when it is decided under the lock. */
interface ReadBefore {
  readonly facts?: Promise<DatabaseFacts> | undefined
  readonly prepare?: Prepare | undefined
}

async function decideLocked(
  session: Session,
  revisions: Revisions,
  config: BootConfig,
  { facts, prepare }: ReadBefore,
): Promise<Decided> {
  const { state, ...found } = await readDatabaseState(session, revisions, facts)
  if (state.is === 'diverged') throw divergedError(session.config, state)
  if (state.is === 'ahead') return { kind: 'ahead', state, rows: found.rows }
  const acted = await act(session, revisions, config, { ...found, state }, { prepare })
  return done({ ...acted, waitedMs: 0 })
}

function verify(
  { config }: Session,
  revisions: Revisions,
  { state, rows }: Pick<StateAndFacts, 'state' | 'rows'>,
): Booted {
  if (state.is === 'current') return unchanged('current', rows)
  const pending = state.is === 'behind' ? state.pending : []
  let what = `it is ${state.is}`
  if (state.is === 'behind') what = `${pending.length} revisions are pending: ${pending.join(', ')}`
  else if (state.is === 'recorded')
    what = `${state.ledger} says that it is at ${state.to.join(', ')}, which is not taken over yet`
  throw new LimbeckError('LIMBECK_NOT_AT_HEAD', `the database is not at head: ${what}`, {
    revisions: pending,
    hint:
      // An upgrade would refuse it, and say this.
      (state.is === 'legacy'
        ? legacyDatabase(config, revisions, state.tables).details.hint
        : null) ?? 'Migrate first: `npx limbeck upgrade heads` (or boot with mode upgrade).',
  })
}

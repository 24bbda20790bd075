import { act } from '../boot/act.ts'
import type { FleetMember } from '../config/fleet-options.ts'
import { readNewestEntries } from '../database/read-history.ts'
import { isReadOnly } from '../database/read-inventory.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { aheadError, divergedError } from '../session/ahead-errors.ts'
import { type Ahead, classify, type DatabaseState, type Diverged } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState, type StateAndFacts } from '../session/read-database-state.ts'
import { recordedState } from '../session/recorded-state.ts'
import { type Session, underLock } from '../session/session.ts'
import { type Fleet, rowsAfter } from './fleet.ts'

/** What became of a member, before it is named and timed. */
export type Reached = Pick<FleetMember, 'outcome' | 'from' | 'to' | 'applied' | 'stamped'>

/** Whether nothing is to be done for a database in this state. */
export function isReached(fleet: Fleet, { rows, interrupted }: VersionState): boolean {
  return rows !== null && rows.length > 0 && !interrupted && fleet.pending(rows)?.length === 0
}

export function atTarget(rows: readonly string[], outcome: 'current' | 'waited'): Reached {
  return { outcome, from: rows, to: rows, applied: [] }
}

/**
 * Brings one member to the target, or finds that a peer has. Null means that a peer is at it right now: unless
 * `patient`, others come first. Throws what a boot throws, and LIMBECK_FLEET_FRESH.
 */
export async function migrateMember(
  fleet: Fleet,
  session: Session,
  { patient }: { readonly patient: boolean },
): Promise<Reached | null> {
  const { config, connection, state } = session
  if (isReached(fleet, state)) return atTarget(state.rows ?? [], 'current')
  const peer = async () => {
    // A wait that is over at once, when the first try does not get the lock.
    if (!patient) return 'busy'
    const now = await readVersionState(connection, config.tables)
    return isReached(fleet, now) ? now : null
  }
  const done = await underLock(session, peer, () => carryOut(fleet, session))
  if (done.by === 'us') return done.result
  return done.found === 'busy' ? null : atTarget(done.found.rows ?? [], 'waited')
}

/** What would be done; takes no lock. Throws as migrateMember() does. */
export async function planMember(fleet: Fleet, session: Session): Promise<Reached> {
  const { rows, interrupted } = session.state
  // Rows that these files know say enough.
  if (rows?.length && !interrupted && fleet.pending(rows)) return planned(fleet, rows)
  const { revisions } = fleet
  const found = await readMemberState(session, revisions)
  refuse(fleet, session, found.state)
  return planned(fleet, found.state.is === 'recorded' ? found.state.to : found.rows)
}

function planned(fleet: Fleet, rows: readonly string[]): Reached {
  const applied = (fleet.pending(rows) ?? []).map(({ revision }) => revision)
  if (applied.length === 0) return atTarget(rows, 'current')
  return { outcome: 'behind', from: rows, to: rowsAfter(fleet, rows, applied), applied }
}

async function carryOut(fleet: Fleet, session: Session): Promise<Reached> {
  const { revisions } = fleet
  const { state, ...found } = await readMemberState(session, revisions)
  refuse(fleet, session, state)
  // Create-all leads to the heads, and a target short of them is reached by the revisions alone.
  const by: Session = fleet.isWhole
    ? session
    : { ...session, config: { ...session.config, fresh: 'chain' } }
  const { outcome, from, to, applied, stamped } = await act(
    by,
    revisions,
    { legacy: 'refuse' },
    { ...found, state },
    fleet,
  )
  if (outcome === 'adopted') return { outcome, from, to, applied, stamped }
  // Without tables of ours the first query did not see that it was there already.
  if (applied.length + stamped.length === 0)
    return atTarget(to, session.state.rows === null ? 'current' : 'waited')
  return { outcome: outcomes[state.is] ?? 'upgraded', from, to, applied, stamped }
}

const outcomes: Readonly<Partial<Record<DatabaseState['is'], Reached['outcome']>>> = {
  fresh: 'created',
  interrupted: 'resumed',
}

/** Where the tables are known to be complete the catalog is not asked: in one of many schemas that takes its time. */
async function readMemberState(session: Session, revisions: Revisions): Promise<StateAndFacts> {
  const { config, connection, state: first } = session
  if (first.headOf === null) return await readDatabaseState(session, revisions)
  const [{ rows, interrupted, isStampedBase }, records, readOnly] = await Promise.all([
    readVersionState(connection, config.tables),
    readNewestEntries(connection, config.tables),
    isReadOnly(connection),
  ])
  if (rows === null || rows.length === 0) return await readDatabaseState(session, revisions)
  const state = classify(revisions.map, {
    rows,
    interrupted,
    userTables: [],
    isStampedBase,
    records,
  })
  const recorded = await recordedState(session, revisions, state, { rows, records, isStampedBase })
  const inventory = completeInventory([config.schema, config.tables.schema], readOnly)
  return {
    state: recorded ?? state,
    rows,
    facts: { inventory, rows, interrupted, isStampedBase, records },
  }
}

const completeInventory = (
  schemas: readonly string[],
  readOnly: boolean,
): StateAndFacts['facts']['inventory'] => ({
  role: '',
  schemas,
  has: { version: true, history: true, progress: true, headOf: true },
  userTables: [],
  readOnly,
})

/** An unknown database is not guessed at, nor an empty one filled unasked. */
function refuse(
  { create, revisions }: Fleet,
  { config }: Session,
  state: DatabaseState,
): asserts state is Exclude<DatabaseState, Ahead | Diverged> {
  if (state.is === 'legacy') throw legacyDatabase(config, revisions, state.tables)
  if (state.is === 'diverged') throw divergedError(config, state)
  if (state.is === 'ahead') throw aheadError(revisions, state)
  if (state.is !== 'fresh' || create) return
  throw new LimbeckError(
    'LIMBECK_FLEET_FRESH',
    `schema ${config.schema} is empty or missing; nothing was built`,
    { hint: 'Correct the list, or build it: `npx limbeck fleet --create`.' },
  )
}

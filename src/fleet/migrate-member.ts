import { acceptAhead } from '../boot/accept-ahead.ts'
import { act } from '../boot/decide.ts'
import type { FleetMember } from '../config/fleet-options.ts'
import { isReadOnly } from '../database/inspect.ts'
import { readLastRecords } from '../database/read-history.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { rowsNow } from '../run/run-plan.ts'
import { classify, type DatabaseState } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import type { Environment } from '../session/load-revisions.ts'
import { type Found, findState } from '../session/read-database-state.ts'
import { type Session, underLock } from '../session/session.ts'
import { type Fleet, rowsAfter } from './fleet.ts'

/** What became of a member, before it is named and timed. */
export type Reached = Pick<FleetMember, 'outcome' | 'from' | 'to' | 'applied'>

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
  // A wait that is over at once, when the first try does not get the lock.
  const isDone = async () =>
    !patient || isReached(fleet, await readVersionState(connection, config.tables))
  const { result } = await underLock(session, isDone, () => carryOut(fleet, session))
  if (result) return result
  return patient ? atTarget(await rowsNow(session), 'waited') : null
}

/** What would be done; takes no lock. Throws as migrateMember() does. */
export async function planMember(fleet: Fleet, session: Session): Promise<Reached> {
  const { rows, interrupted } = session.state
  // Rows that these files know say enough.
  if (rows?.length && !interrupted && fleet.pending(rows)) return planned(fleet, rows)
  const environment = environmentOf(fleet, session)
  const found = await look(session, environment)
  if (found.state.is === 'ahead') return await ahead(session, environment, found.state, found)
  refuse(fleet, environment, found.state)
  return planned(fleet, found.rows)
}

function planned(fleet: Fleet, rows: readonly string[]): Reached {
  const applied = (fleet.pending(rows) ?? []).map(({ revision }) => revision)
  if (applied.length === 0) return atTarget(rows, 'current')
  return { outcome: 'behind', from: rows, to: rowsAfter(fleet, rows, applied), applied }
}

const environmentOf = ({ environment }: Fleet, { config }: Session): Environment => ({
  ...environment,
  config,
})

async function carryOut(fleet: Fleet, session: Session): Promise<Reached> {
  const environment = environmentOf(fleet, session)
  const { state, ...found } = await look(session, environment)
  if (state.is === 'ahead') return await ahead(session, environment, state, found)
  refuse(fleet, environment, state)
  const fresh = fleet.isWhole ? 'create' : 'chain'
  const boot = { fresh, legacy: 'refuse' } as const
  const { from, to, applied } = await act(session, environment, boot, { ...found, state }, fleet)
  // Without tables of ours the first look did not see that it was there already.
  if (applied.length === 0) return atTarget(to, session.state.rows === null ? 'current' : 'waited')
  return { outcome: outcomes[state.is] ?? 'upgraded', from, to, applied }
}

const outcomes: Readonly<Partial<Record<DatabaseState['is'], Reached['outcome']>>> = {
  fresh: 'created',
  interrupted: 'resumed',
}

/** Where the tables are known to be complete the catalog is not asked: in one of many schemas that takes its time. */
async function look(session: Session, environment: Environment): Promise<Found> {
  const { config, connection, state: first } = session
  if (first.headOf === null) return await findState(session, environment)
  const [{ rows, interrupted }, records, readOnly] = await Promise.all([
    readVersionState(connection, config.tables),
    readLastRecords(connection, config.tables),
    isReadOnly(connection),
  ])
  if (rows === null || rows.length === 0) return await findState(session, environment)
  const recorded = new Set(records.keys())
  const state = classify(environment.map, { rows, interrupted, userTables: [], recorded })
  const inspection = completeInspection([config.schema, config.tables.schema], readOnly)
  return { state, rows, survey: { inspection, rows, interrupted, records } }
}

const completeInspection = (
  schemas: readonly string[],
  readOnly: boolean,
): Found['survey']['inspection'] => ({
  role: '',
  schemas,
  has: { version: true, history: true, progress: true, headOf: true },
  userTables: [],
  readOnly,
})

/** Nobody may guess what an unknown database is, nor fill an empty one unasked. */
function refuse({ create }: Fleet, environment: Environment, state: DatabaseState): void {
  if (state.is === 'legacy') throw legacyDatabase(environment, state.tables)
  if (state.is !== 'fresh' || create) return
  throw new LimbeckError(
    'LIMBECK_FLEET_FRESH',
    `schema ${environment.config.schema} is empty or missing; nothing was built`,
    { hint: 'Correct the list, or build it: `npx limbeck fleet --create`.' },
  )
}

async function ahead(
  session: Session,
  environment: Environment,
  { unknown }: { readonly unknown: readonly string[] },
  { rows }: { readonly rows: readonly string[] },
): Promise<Reached> {
  await acceptAhead(session, environment, { ahead: 'refuse', rows, unknown })
  throw new TypeError('a database that is ahead is refused')
}

import type { FleetMember } from '../config/fleet-options.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { hasCode } from '../script/revisions.ts'
import { explained, type Session, target, withSession } from '../session/session.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { type Fleet, rowsAfter } from './fleet.ts'
import type { FleetList, Member } from './list-members.ts'
import { withMemberHint } from './member-hint.ts'
import { atTarget, isReached, migrateMember, planMember, type Reached } from './migrate-member.ts'

/**
 * Tells of every member as it is done with. Those that a peer is at are tried again when all others are done; the order
 * is random, so that several processes that run the same fleet seldom meet.
 * Throws what connecting throws, when no member could be asked.
 */
export async function shareOut(fleet: Fleet, { isShared, members }: FleetList): Promise<void> {
  const waiting = isShared ? await askAll(fleet, members) : members
  const queue = shuffled(waiting)
  const work = isShared ? workOnSchemas : workOnDatabases
  const workers = Array.from({ length: Math.min(fleet.concurrency, queue.length) }, () =>
    work(fleet, queue),
  )
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
  const reason: unknown = failed && 'reason' in failed ? failed.reason : null
  if (reason !== null && !(reason instanceof LimbeckError)) throw reason
  // No worker is left for these: the run was stopped, or the server cannot be reached any more.
  const isStopped = fleet.config.signal?.aborted === true
  for (const member of queue) {
    const rows = member.state?.rows ?? []
    if (isStopped || reason === null)
      tell(fleet, member, { ...atTarget(rows, 'current'), outcome: 'behind' })
    else tell(fleet, member, failure(fleet, member, member.state, reason))
  }
}

/** Asks all schemas on one connection, one query each and many under way, and returns those that are not at the target. */
async function askAll(fleet: Fleet, members: readonly Member[]): Promise<readonly Member[]> {
  const { config } = fleet
  const left: Member[] = []
  const ask = async (connection: Connection, member: Member) => {
    const start = performance.now()
    try {
      const state = await readVersionState(connection, member.config.tables)
      if (isReached(fleet, state)) tell(fleet, member, atTarget(state.rows ?? [], 'current'), start)
      else left.push({ ...member, state })
    } catch (error) {
      tell(fleet, member, failure(fleet, member, undefined, explained(config, error)), start)
    }
  }
  const underWay = 250
  await withConnection(target(config), 'SELECT 1', async (connection) => {
    for (let at = 0; at < members.length; at += underWay)
      await Promise.all(members.slice(at, at + underWay).map((each) => ask(connection, each)))
  })
  return left
}

/** One connection for one schema after the other; a lost one is replaced. */
async function workOnSchemas(fleet: Fleet, queue: Member[]): Promise<void> {
  const { config } = fleet
  const connectTo = { ...target(config), fetchTypes: hasCode(fleet.revisions) }
  while (hasNext(fleet, queue))
    await withConnection(connectTo, 'SELECT 1', async (connection) => {
      while (hasNext(fleet, queue) && !connection.isLost()) {
        const member = queue.shift()
        if (!member?.state) continue
        const { state } = member
        await attempt(fleet, queue, member, (work) =>
          work({ config: member.config, connection, state }),
        )
        if (!(await leavesNothing(connection, config.role))) return
      }
    })
}

async function workOnDatabases(fleet: Fleet, queue: Member[]): Promise<void> {
  const fetchTypes = hasCode(fleet.revisions)
  while (hasNext(fleet, queue)) {
    const member = queue.shift()
    if (member)
      await attempt(fleet, queue, member, (work) =>
        withSession(member.config, work, { fetchTypes }),
      )
  }
}

const hasNext = (fleet: Fleet, queue: readonly Member[]) =>
  queue.length > 0 && !fleet.config.signal?.aborted

type WithSession = (work: (session: Session) => Promise<Reached | null>) => Promise<Reached | null>

/** Migrates the member, or puts it off to the end of the queue. Its failure is an answer. */
async function attempt(
  fleet: Fleet,
  queue: Member[],
  member: Member,
  withSession: WithSession,
): Promise<void> {
  const start = performance.now()
  let { state } = member
  try {
    const reached = await withSession(async (session) => {
      state = session.state
      return fleet.isPlan
        ? await planMember(fleet, session)
        : await migrateMember(fleet, session, member)
    })
    if (reached === null) queue.push({ ...member, patient: true })
    else tell(fleet, member, reached, start)
  } catch (error) {
    const named = explained(member.config, error)
    tell(fleet, member, failure(fleet, member, state, named), start)
  }
}

/** Throws what is no failure of a member's, but a defect. */
function failure(fleet: Fleet, member: Member, state: VersionState | undefined, error: unknown) {
  if (!(error instanceof LimbeckError)) throw error
  const { applied = [] } = error.details
  const from = state?.rows ?? []
  const to = rowsAfter(fleet, from, applied)
  return {
    outcome: 'failed',
    from,
    to,
    applied,
    error: withMemberHint(fleet, member, error),
  } as const
}

function tell(
  fleet: Fleet,
  { name }: Member,
  what: Omit<FleetMember, 'name' | 'durationMs'>,
  start = performance.now(),
): void {
  const durationMs = Math.round(performance.now() - start)
  fleet.onMember({ name, ...what, durationMs })
}

/** Settings and temporary tables that a revision made are not the next member's. False: it takes another connection. */
async function leavesNothing(
  { query, isPooled }: Connection,
  role: string | undefined,
): Promise<boolean> {
  // What was set there was local.
  if (isPooled) return true
  const statements = ['DISCARD ALL', ...(role ? [`SET ROLE ${quoteIdentifier(role)}`] : [])]
  return await Promise.all(statements.map((statement) => query(statement))).then(
    () => true,
    () => false,
  )
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each)
}

import type { FleetMember } from '../config/fleet-options.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { readVersionState, type VersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { hasCode } from '../script/revisions.ts'
import { explained, type Session, target, withSession } from '../session/session.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { type Fleet, rowsAfter } from './fleet.ts'
import type { FleetList, Listed } from './list-members.ts'
import { atTarget, isReached, migrateMember, planMember, type Reached } from './migrate-member.ts'

/** How the work is shared out. */
export interface FleetRun {
  readonly fleet: Fleet
  readonly concurrency: number
  readonly isPlan: boolean
  readonly onMember: (member: FleetMember) => void
}

/** A member that is to be asked or migrated. */
interface Task {
  readonly member: Listed
  /** What the first query found, where there was one. */
  readonly state?: VersionState
  /** A peer was at it; now there is nothing else left to do. */
  readonly patient: boolean
}

/**
 * Tells of every member as it is done with. Those that a peer is at are tried again when all others are done; the order
 * is random, so that several processes that run the same fleet seldom meet.
 * Throws what connecting throws, when no member could be asked.
 */
export async function runFleet(run: FleetRun, { isShared, members }: FleetList): Promise<void> {
  const tasks = isShared ? await askAll(run, members) : members.map(newTask)
  const queue = shuffled(tasks)
  const work = isShared ? workOnSchemas : workOnDatabases
  const workers = Array.from({ length: Math.min(run.concurrency, queue.length) }, () =>
    work(run, queue),
  )
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
  const reason: unknown = failed && 'reason' in failed ? failed.reason : null
  if (reason !== null && !(reason instanceof LimbeckError)) throw reason
  // Nobody is left to work on these: the run was stopped, or the server cannot be reached any more.
  const isStopped = run.fleet.config.signal?.aborted === true
  for (const task of queue) {
    const rows = task.state?.rows ?? []
    if (isStopped || reason === null)
      tell(run, task, { ...atTarget(rows, 'current'), outcome: 'behind' })
    else tell(run, task, failure(run, task.state, reason))
  }
}

const newTask = (member: Listed): Task => ({ member, patient: false })

/** Asks all schemas on one connection, one query each and many under way, and returns those that are not at the target. */
async function askAll(run: FleetRun, members: readonly Listed[]): Promise<readonly Task[]> {
  const { config } = run.fleet
  const left: Task[] = []
  const ask = async (connection: Connection, member: Listed) => {
    const start = performance.now()
    const task = newTask(member)
    try {
      const state = await readVersionState(connection, member.config.tables)
      if (isReached(run.fleet, state)) tell(run, task, atTarget(state.rows ?? [], 'current'), start)
      else left.push({ ...task, state })
    } catch (error) {
      tell(run, task, failure(run, undefined, explained(config, error)), start)
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
async function workOnSchemas(run: FleetRun, queue: Task[]): Promise<void> {
  const { config } = run.fleet
  const connectTo = { ...target(config), fetchTypes: hasCode(run.fleet.revisions) }
  while (hasNext(run, queue))
    await withConnection(connectTo, 'SELECT 1', async (connection) => {
      while (hasNext(run, queue) && !connection.isLost()) {
        const task = queue.shift()
        if (!task?.state) continue
        const { member, state } = task
        await attempt(run, queue, task, (work) =>
          work({ config: member.config, connection, state }),
        )
        if (!(await leavesNothing(connection, config.role))) return
      }
    })
}

async function workOnDatabases(run: FleetRun, queue: Task[]): Promise<void> {
  const fetchTypes = hasCode(run.fleet.revisions)
  while (hasNext(run, queue)) {
    const task = queue.shift()
    if (task)
      await attempt(run, queue, task, (work) =>
        withSession(task.member.config, work, { fetchTypes }),
      )
  }
}

const hasNext = ({ fleet }: FleetRun, queue: readonly Task[]) =>
  queue.length > 0 && !fleet.config.signal?.aborted

type WithSession = (work: (session: Session) => Promise<Reached | null>) => Promise<Reached | null>

/** Does the task, or puts it off to the end of the queue. Its failure is an answer. */
async function attempt(
  run: FleetRun,
  queue: Task[],
  task: Task,
  withSession: WithSession,
): Promise<void> {
  const start = performance.now()
  let { state } = task
  try {
    const reached = await withSession(async (session) => {
      state = session.state
      return run.isPlan
        ? await planMember(run.fleet, session)
        : await migrateMember(run.fleet, session, task)
    })
    if (reached === null) queue.push({ ...task, patient: true })
    else tell(run, task, reached, start)
  } catch (error) {
    const named = explained(task.member.config, error)
    tell(run, task, failure(run, state, named), start)
  }
}

/** Throws what is no failure of a member's, but a defect. */
function failure({ fleet }: FleetRun, state: VersionState | undefined, error: unknown) {
  if (!(error instanceof LimbeckError)) throw error
  const { applied = [] } = error.details
  const from = state?.rows ?? []
  const to = rowsAfter(fleet, from, applied)
  return { outcome: 'failed', from, to, applied, error } as const
}

function tell(
  run: FleetRun,
  { member }: Task,
  what: Omit<FleetMember, 'name' | 'durationMs'>,
  start = performance.now(),
): void {
  const durationMs = Math.round(performance.now() - start)
  run.onMember({ name: member.name, ...what, durationMs })
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

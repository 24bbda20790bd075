import type { Blocker } from '../database/blockers.ts'
import { dropInvalid, refuseInvalid, settleConcurrentIndex } from '../database/concurrent-index.ts'
import { finalizeDetach, leftOfDetach } from '../database/detach.ts'
import { pipeline } from '../database/executor.ts'
import { renewHolderSettings } from '../database/holder-settings.ts'
import { holdsLock } from '../database/lock.ts'
import {
  noteDone,
  noteFailed,
  noteSettings,
  noteStarted,
  type StepProgress,
} from '../database/progress-table.ts'
import { isConnectionLoss, serverErrorIn } from '../database/server-error.ts'
import { readSettings } from '../database/session-settings.ts'
import { LimbeckError } from '../errors.ts'
import { hashText } from '../script/hash.ts'
import type { Statement } from '../script/script.ts'
import { setsLocally, type Unit, waitsForRowsOnly } from '../script/units.ts'
import type { Session } from '../session/session.ts'
import { deferredChecks, ownSettings, withSettings } from '../session/step-settings.ts'
import { interruptedCall } from './interrupted-call.ts'
import { untilUnlocked } from './retry.ts'
import { endsTransaction } from './step-hints.ts'
import type { StepRun } from './step-run.ts'

/** Where a step is: what its error names. */
export interface Position {
  statement?: Statement | undefined
  /** The statement is Limbeck's own. */
  own?: boolean
  blockedBy?: readonly Blocker[] | undefined
}

/** A `transaction: none` step of SQL under way. */
export interface UnitRun extends StepRun {
  /** As it was when the step was resumed. */
  readonly progress: StepProgress
  readonly position: Position
}

/** read_only_sql_transaction. */
const mayNotWrite = '25006'

/** How progress names a statement. */
export function hashOf(statement: Statement | undefined): string {
  return statement ? hashText(statement.sql) : ''
}

/** Runs one unit and notes that it is done. Throws what the server answered; `position` tells where. */
export async function runUnit(run: UnitRun, unit: Unit): Promise<void> {
  const { connection, config } = run.session
  if (!(await holdsLock(connection, config.tables))) throw lockLost()
  const statement = unit.single
  if (statement === null) return await runBlock(run, unit)
  if (unit.is === 'alone') return await runAlone(run, unit, statement)
  if (statement.kind.is === 'call' && wasStarted(run, unit)) {
    if (interruptedCall(run.session, run.progress.direction, statement) === 'done')
      return await note(run, unit)
    return await runAlone(run, unit, statement)
  }
  try {
    await runBlock(run, unit)
  } catch (error) {
    // It commits by itself, or what it finds there is refused in a transaction: nothing of it has happened.
    if (!endsTransaction.has(serverErrorIn(error)?.code ?? '')) throw error
    await runAlone(run, unit, statement)
  }
}

const wasStarted = ({ progress }: UnitRun, { first, body: [statement] }: Unit) =>
  progress.started !== null &&
  progress.started === hashOf(statement) &&
  progress.done.length === first

const statementsOf = ({ step: { body } }: StepRun) => (body.kind === 'sql' ? body.statements : [])

const doneNote = (run: UnitRun, { first, statements: own }: Unit) =>
  noteDone(
    run.session.config.tables,
    statementsOf(run)
      .slice(0, first + own.length)
      .map(hashOf),
    { keeps: true },
  )

/**
 * One transaction, which commits together with the note that it is done; where it may not write, not even the note, that
 * comes behind it.
 */
async function runBlock(run: UnitRun, unit: Unit, isReadOnly = false): Promise<void> {
  const { session, position } = run
  const { config, connection } = session
  const recording = [readSettings, ...ownSettings(config), doneNote(run, unit)].join(';\n')
  const body = withSettings(config, unit.body, renewHolderSettings(connection))
  const failure = await untilUnlocked(
    session,
    { line: unit.statements[0]?.line },
    async (lockTimeoutMs) => {
      const settings = lockSettings(run, unit, lockTimeoutMs)
      const before = settings === null ? unit.begin : `${unit.begin};\n${settings}`
      const committing = [deferredChecks, ...(isReadOnly ? [] : [recording]), 'COMMIT']
      const end = unit.rollsBack ? ['ROLLBACK'] : committing
      const texts = [before, ...body.map(({ sql }) => sql), ...end]
      const failed = await pipeline(connection, texts, { apart: true })
      const last = failed?.index === body.length + 1 ? unit.body.at(-1) : undefined
      return failed && { ...failed, statement: body[failed.index - 1]?.statement ?? last }
    },
    async () => void (await connection.query('ROLLBACK')),
  )
  // Only now: sent along, the note would be kept where a statement has failed.
  if (!failure) {
    if (unit.rollsBack || isReadOnly) await note(run, unit)
    // What holds to the end of the transaction was seen in it, too.
    else if (setsLocally(unit)) await ours(session, noteSettings(config.tables))
    return
  }
  const isOwn = failure.statement === undefined && failure.index > 0
  if (isOwn && !isReadOnly && serverErrorIn(failure.error)?.code === mayNotWrite)
    return await runBlock(run, unit, true)
  position.own = isOwn
  position.statement = failure.statement ?? unit.statements.at(failure.index === 0 ? 0 : -1)
  position.blockedBy = failure.blockedBy
  throw failure.error
}

/** Null where the body says itself for how long it waits, or where the ordinary time holds. */
function lockSettings(run: UnitRun, unit: Unit, lockTimeoutMs: number): string | null {
  const { config } = run.session
  if (setsLockTimeout(run, unit)) return null
  if (unit.body.length > 0 && unit.body.every(waitsForRowsOnly)) return 'SET LOCAL lock_timeout = 0'
  return lockTimeoutMs === config.lockTimeoutMs ? null : `SET LOCAL lock_timeout = ${lockTimeoutMs}`
}

function setsLockTimeout(run: UnitRun, { first, statements: own }: Unit): boolean {
  return statementsOf(run)
    .slice(0, first + own.length)
    .some(({ sql }) => /\block_timeout\b/i.test(sql))
}

/** What PostgreSQL refuses in a transaction: noted before it is sent, and sent again only when what the last try left is settled. */
async function runAlone(run: UnitRun, unit: Unit, statement: Statement): Promise<void> {
  const { session, position } = run
  const { config, connection } = session
  const { kind } = statement
  position.statement = statement
  let isAgain = wasStarted(run, unit)
  if (!isAgain) await ours(session, noteStarted(config.tables, hashOf(statement)))
  const failure = await untilUnlocked(
    session,
    { line: statement.line },
    async (lockTimeoutMs) => {
      const before = isAgain
      isAgain = true
      try {
        const sql = before ? await settled(session, statement) : statement.sql
        if (sql !== null) await sendAlone(run, unit, sql, lockTimeoutMs)
        return null
      } catch (error) {
        if (before && isDoneBefore(statement, error)) return null
        // What it has committed before would be done twice.
        if (kind.is === 'call' && !statement.rerunnable) return { error: { once: error } }
        return { error }
      }
    },
    async () => {
      if (kind.is === 'concurrent-index') await dropInvalid(connection, kind)
    },
  )
  if (!failure) {
    if (kind.is === 'concurrent-index') await refuseInvalid(connection, kind)
    return await note(run, unit)
  }
  position.blockedBy = failure.blockedBy
  const error = causeOf(failure.error)
  if (kind.is === 'call' && hasEnded(error)) await ours(session, noteFailed(config.tables))
  throw error
}

/** An error that is not tried again. */
function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'once' in error ? error.once : error
}

/** PostgreSQL has answered that it failed: it was not interrupted. */
function hasEnded(error: unknown): boolean {
  const answer = serverErrorIn(error)
  return answer !== undefined && answer.code !== '57014' && !isConnectionLoss(error)
}

async function sendAlone(run: UnitRun, unit: Unit, sql: string, lockTimeoutMs: number) {
  const { connection, config } = run.session
  const { kind } = unit.statements[0] ?? {}
  // A build that waits for old transactions blocks no session: it may wait as long as they last.
  const wanted = kind?.is === 'concurrent-index' ? 0 : lockTimeoutMs
  const isOwn = wanted === config.lockTimeoutMs || setsLockTimeout(run, unit)
  if (!isOwn) await connection.query(`SET lock_timeout = ${wanted}`)
  try {
    await connection.query(sql, () => {})
  } finally {
    if (!isOwn && !connection.isLost())
      await connection.query(`SET lock_timeout = ${config.lockTimeoutMs}`).catch(() => {})
  }
}

/** What is left to send after a try that was interrupted; null when it has had its whole effect. */
async function settled({ connection }: Session, { kind, sql }: Statement): Promise<string | null> {
  if (kind.is === 'concurrent-index')
    return (await settleConcurrentIndex(connection, kind)) ? null : sql
  if (kind.is !== 'detach') return sql
  const left = await leftOfDetach(connection, kind)
  if (left === 'nothing') return null
  return left === 'finalize' ? finalizeDetach(kind) : sql
}

function isDoneBefore({ kind }: Statement, error: unknown): boolean {
  return kind.is === 'autocommit' && kind.doneBefore === serverErrorIn(error)?.code
}

async function note(run: UnitRun, unit: Unit): Promise<void> {
  run.position.own = true
  await ours(run.session, doneNote(run, unit))
  run.position.own = false
}

/** Writes to Limbeck's tables, whatever role and settings the body has left. */
async function ours({ connection, config }: Session, statement: string): Promise<void> {
  const statements = [readSettings, ...ownSettings(config), statement]
  const failure = await pipeline(connection, ['BEGIN READ WRITE', ...statements, 'COMMIT'])
  if (failure) throw failure.error
}

function lockLost(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_VERSION_CONFLICT',
    'a statement before has given the migration lock back',
    {
      hint: 'Remove DISCARD ALL and pg_advisory_unlock_all() from what it calls, and run it again.',
    },
  )
}

import type { StepHooks } from '../config/options.ts'
import { historyStatement, sinceBegin } from '../database/history-table.ts'
import { renewHolderSettings } from '../database/holder-settings.ts'
import { endsMessage } from '../database/message.ts'
import { executeMove, moveStatement, perRowLeft, type RowMove } from '../database/move-statement.ts'
import {
  changeRowsStatement,
  mustBeAt,
  mustHold,
  sameTransaction,
} from '../database/version-table.ts'
import type { RowChange, Step } from '../revision/revision.ts'
import { waitsForRowsOnly } from '../script/units.ts'
import type { Session } from '../session/session.ts'
import {
  deferredChecks,
  ownSettings,
  ownSettingsOfQuiet,
  settingsOfStep,
  withSettings,
} from '../session/step-settings.ts'
import { withoutComments } from '../sql/text.ts'
import type { CompiledStep } from './compile-step.ts'
import { ledgerStepStatements } from './ledger-statements.ts'
import type { Origin } from './origin.ts'
import { type StepRun, stepRun } from './step-run.ts'
import { cleanStatements } from './step-session.ts'

/** One thing to do inside a transaction: a statement to send, or code to run once all before it has succeeded. */
export type Entry =
  | { readonly kind: 'sql'; readonly sql: string; readonly origin: Origin }
  | { readonly kind: 'code'; readonly run: () => Promise<void>; readonly origin: Origin }

/**
 * The entries of a step. The rows are swapped first: a step that does not fit them never begins its body. Where code runs,
 * which might end the transaction, they are looked at first and swapped last, if it is still the same transaction. A step behind
 * another of the same batch moves its row last, together with the history: no other step comes between the two.
 */
export function stepEntries(run: StepRun): readonly Entry[] {
  const { session, step, after, isFlushedLater, lockTimeoutMs, isPrepared, isQuiet } = run
  const { config } = session
  const { script, move } = step
  const origin: Origin = { script, direction: move.step.direction }
  const recording: Origin = { ...origin, own: config.tables }
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin: recording })
  const hooks = [
    hookEntries(session, step, 'beforeStep', origin),
    hookEntries(session, step, 'afterStep', origin),
  ] as const
  const hasCode = step.body.kind === 'code' || hooks.some((entries) => entries.length > 0)
  const isLate = hasCode || wantsNoWrites(step)
  const next = hasCode || session.connection.isPooled ? null : moveOfNext(move.changes, after)
  const swap = [
    ...(next ? [] : [changeRowsStatement(config.tables, move.changes, after)]),
    ...ledgerStepStatements(config, step),
  ].map(own)
  const record = recordStatement(config, step, next, isPrepared)
  const [first, rest] = transactionSettings(bodyEntries(run, origin))
  return [
    ...first,
    ...(run.settings ?? settingsOfStep(session, lockTimeoutMs)).map(own),
    // The lock is of this transaction alone: what was read before it may be of the past.
    ...(session.connection.isPooled || (isLate && !hasCode)
      ? [own(mustBeAt(config.tables, move.before))]
      : []),
    ...(isFlushedLater ? [own('SET LOCAL synchronous_commit = off')] : []),
    ...(hasCode ? [own(mustHold(config.tables, move.changes))] : []),
    ...(isLate ? [] : swap),
    ...hooks[0],
    ...untilFirstLock(rest, settingsOfLock(lockTimeoutMs), recording),
    ...hooks[1],
    ...(isQuiet ? [] : [{ kind: 'sql', sql: deferredChecks, origin } as const]),
    ...(hasCode || mayEncode(step) ? [own("SET LOCAL client_encoding = 'UTF8'")] : []),
    ...(isQuiet ? ownSettingsOfQuiet : ownSettings(config)).map(own),
    ...(hasCode ? [own(sameTransaction)] : []),
    ...(isLate ? swap : []),
    own(record),
  ]
}

/** PostgreSQL makes a logical replication slot only in a transaction that has written nothing. */
const wantsNoWrites = ({ body }: Pick<CompiledStep, 'body'>): boolean =>
  body.kind === 'sql' && body.statements.some(({ sql }) => /_logical_replication_slot\b/i.test(sql))

function recordStatement(
  config: Session['config'],
  { history: entry, move: { changes } }: CompiledStep,
  move: RowMove | null,
  isPrepared: boolean,
): string {
  const { tables } = config
  // A body that takes the row away is not recorded.
  if (!move)
    return `${historyStatement(tables, [entry], config, sinceBegin, perRowLeft(tables, changes))}\nRETURNING duration_ms`
  return isPrepared && entry.headOf === undefined
    ? executeMove(move, entry)
    : moveStatement(tables, move, entry, config)
}

/**
 * The move of a step that was sent behind the one whose row it takes: that row says that the step before has taken place, and
 * no other process has been in between. It is recorded in one statement.
 */
export function moveOfNext(changes: readonly RowChange[], after: Step | undefined) {
  const [change, ...others] = changes
  const follows = change?.kind === 'update' && change.from === after?.revision
  return follows && after?.direction === 'upgrade' && others.length === 0 ? change : null
}

/** The entries of several steps in one transaction, each of which finds the session as if it were the only one. */
export function stepsInOne(
  session: Session,
  steps: readonly CompiledStep[],
  onRows: (index: number, rows: number) => void = () => {},
): readonly Entry[] {
  const clean = cleanStatements(session).map((sql): Entry => ({ kind: 'sql', sql, origin: {} }))
  return steps.flatMap((step, index) => [
    ...(index > 0 ? clean : []),
    ...stepEntries(stepRun(session, step, { onRows: (rows) => onRows(index, rows) })),
  ])
}

/** `SET TRANSACTION …` at the beginning of a body has to come before any query, ours included. */
export function transactionSettings<T extends { readonly sql: string } | Entry>(
  entries: readonly T[],
): readonly [readonly T[], readonly T[]] {
  const isSetting = (entry: T) =>
    'sql' in entry &&
    /^SET\b/i.test(entry.sql) &&
    /^SET\s+(?:LOCAL\s+)?TRANSACTION(?:_ISOLATION)?\b/i.test(withoutComments(entry.sql))
  const found = entries.findIndex((entry) => !isSetting(entry))
  const end = found < 0 ? entries.length : found
  return [entries.slice(0, end), entries.slice(end)]
}

const settingsOfLock = (ms: number) => `SET LOCAL lock_timeout = ${ms}`

/** While a transaction has changed rows only, it holds nothing that reads wait for: it may wait for rows as long as it takes. */
function untilFirstLock(
  entries: readonly Entry[],
  limited: string,
  origin: Origin,
): readonly Entry[] {
  const end = entries.findIndex(
    (entry) => entry.kind === 'code' || !waitsForRowsOnly({ sql: entry.sql }),
  )
  if (end === 0 || entries.length === 0) return entries
  const rows = end < 0 ? entries : entries.slice(0, end)
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin })
  return [
    own(settingsOfLock(0)),
    ...rows,
    ...(end < 0 ? [] : [own(limited), ...entries.slice(end)]),
  ]
}

/** What Limbeck sends is UTF-8, whatever the body has set. */
const mayEncode = ({ body }: CompiledStep) =>
  body.kind === 'sql' && body.statements.some(({ sql }) => endsMessage(sql))

function hookEntries(
  session: Session,
  step: CompiledStep,
  name: keyof StepHooks,
  origin: Origin,
): readonly Entry[] {
  if (!session.config.hooks[name]) return []
  const run = async () => (await import('./run-step-hook.ts')).runHook(session, name, step)
  return [{ kind: 'code', run, origin }]
}

/** The body alone: what a `fresh: run` revision does on a database that was just created. */
export function bodyEntries(run: StepRun, origin: Origin): readonly Entry[] {
  const { body } = run.step
  const { config, connection } = run.session
  if (body.kind === 'sql')
    return withSettings(config, body.statements, renewHolderSettings(connection)).map(
      ({ sql, statement }) => ({
        kind: 'sql',
        sql,
        origin: { ...origin, statement: statement.sql, line: statement.line },
      }),
    )
  const runBody = async () => {
    const { createContext, runCode } = await import('./context/create-context.ts')
    const { context, close, end, failed } = await createContext(run)
    try {
      await runCode(run.session.config, { close }, () => body.run(context))
      await failed.refuseAborted(run.session.connection)
    } catch (error) {
      throw failed.explain(error)
    } finally {
      end()
    }
  }
  return [{ kind: 'code', run: runBody, origin }]
}

import type { Config } from '../config/resolve-config.ts'
import type { Blocker } from '../database/blockers.ts'
import { notMoved } from '../database/move-statement.ts'
import { ownStates } from '../database/own-states.ts'
import { isConnectionLoss, serverErrorIn, serverFacts } from '../database/server-error.ts'
import { historyName, versionName } from '../database/tables.ts'
import { LimbeckError, type LimbeckErrorCode, type LimbeckErrorDetails } from '../errors.ts'
import { displayPath } from '../script/display-path.ts'
import type { Script } from '../script/script.ts'
import { concealSecrets } from '../sql/conceal-secrets.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import type { Origin } from './origin.ts'
import { environmentHint, objectHint, ownTablesHint, serverHint } from './step-hints.ts'

/** A failure, where it happened, and which sessions were in the way of the last try. */
export interface StepFailure {
  readonly error: unknown
  readonly origin: Origin
  readonly blockedBy?: readonly Blocker[]
}

/**
 * The error of a step, with all that is known of it: LIMBECK_STEP_FAILED, or LIMBECK_CANCELLED, LIMBECK_VERSION_CONFLICT
 * and LIMBECK_CONNECTION_LOST where that is what happened.
 */
export function stepFailure(
  failure: StepFailure,
  applied: readonly string[],
  { signal }: Pick<Config, 'signal'>,
): LimbeckError {
  const { origin } = failure
  const error = rowGone(failure) ?? ownErrorIn(failure.error) ?? failure.error
  const { script, direction } = origin
  // Of a file of SQL the driver notes a whole batch, Limbeck's own statements with it.
  if (origin.statement !== undefined || script?.kind === 'ts')
    concealSecrets(error, origin.statement)
  const line = lineOf(failure.error, origin)
  const facts: LimbeckErrorDetails = {
    ...serverFacts(error),
    ...(error instanceof LimbeckError ? error.details : {}),
    ...(script ? { revision: script.id, file: displayPath(script.file) } : {}),
    ...(direction ? { direction } : {}),
    ...(origin.statement ? { statement: shorten(withoutSecrets(origin.statement)) } : {}),
    ...(line === undefined ? {} : { line }),
    applied,
  }
  const code = codeOfFailure(error, signal)
  const state = facts.sqlstate ? ` (SQLSTATE ${facts.sqlstate})` : ''
  return new LimbeckError(
    code,
    `${whereOf(origin, code, line)}: ${reasonOf(error, code)}${state}`,
    {
      ...facts,
      hint: hintOf({ ...failure, error }, code, facts),
    },
  )
}

/** The row that a step moves, or has moved, is not there: PostgreSQL calls it a division by zero. */
function rowGone({ error, origin }: StepFailure): LimbeckError | undefined {
  if (!origin.own || serverErrorIn(error)?.code !== notMoved) return undefined
  return new LimbeckError(
    'LIMBECK_VERSION_CONFLICT',
    'the version row is gone: another process has moved it, or the body has taken it away',
    {
      cause: error,
      sqlstate: ownStates.versionConflict,
      hint: `Run it again. Where that fails as well, leave ${versionName(origin.own)} out of what the body drops, truncates or changes.`,
    },
  )
}

/** Drizzle wraps what its queries fail with, ours as well. */
function ownErrorIn(error: unknown): LimbeckError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof LimbeckError) return at
  return undefined
}

function whereOf({ script, direction, what, own }: Origin, code: LimbeckErrorCode, line?: number) {
  if (!script) return `${what ?? 'recording the step'} failed`
  if (own && code === 'LIMBECK_STEP_FAILED')
    return `recording the ${direction} of revision ${script.id} in ${versionName(own)} and ${historyName(own)}, Limbeck's own tables, failed`
  return `${direction} of revision ${script.id} (${script.message}) failed at ${displayPath(script.file)}${line ? `:${line}` : ''}`
}

function codeOfFailure(error: unknown, signal: AbortSignal | undefined): LimbeckErrorCode {
  if (signal?.aborted) return 'LIMBECK_CANCELLED'
  if (error instanceof LimbeckError) return error.code
  if (isConnectionLoss(error)) return 'LIMBECK_CONNECTION_LOST'
  const state = serverErrorIn(error)?.code
  if (state === ownStates.versionConflict || state === ownStates.ledgerConflict)
    return 'LIMBECK_VERSION_CONFLICT'
  return 'LIMBECK_STEP_FAILED'
}

function reasonOf(error: unknown, code: LimbeckErrorCode): string {
  if (code === 'LIMBECK_CANCELLED') return 'stopped on request, and rolled back'
  const answer = serverErrorIn(error) ?? error
  return answer instanceof Error ? answer.message : inWords(answer)
}

/** Code may throw anything, also what cannot be made a text. */
function inWords(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return `what was thrown has no text: ${typeof thrown}`
  }
}

function hintOf(
  { error, origin, blockedBy }: StepFailure,
  code: LimbeckErrorCode,
  { hint, sqlstate = '' }: LimbeckErrorDetails,
): string {
  const environment = environmentHint(sqlstate, reasonOf(error, code), origin, blockedBy)
  if (code === 'LIMBECK_STEP_FAILED' || code === 'LIMBECK_CONNECTION_LOST') {
    if (environment !== undefined) return environment
    if (origin.own && code === 'LIMBECK_STEP_FAILED')
      return ownTablesHint(origin.own, sqlstate, reasonOf(error, code))
  }
  const object = objectHint(sqlstate, reasonOf(error, code), origin.script)
  if (object !== undefined && code === 'LIMBECK_STEP_FAILED') return object
  return hint ?? serverHint(sqlstate) ?? nextCommand(code, origin.script)
}

function nextCommand(code: LimbeckErrorCode, script: Script | undefined): string {
  if (code !== 'LIMBECK_STEP_FAILED')
    return 'Run it again: what was committed stays, the rest is done then.'
  if (!script)
    return 'Correct what PostgreSQL names, and run it again: what failed was rolled back.'
  return script.transactional === false
    ? 'Correct this statement (or the data it met) and run it again: those before it are done, and it is resumed here.'
    : 'Correct the file (or the data it met) and run it again: the failed step was rolled back.'
}

/** PostgreSQL points into the statement; a `.ts` revision's line stands in the stack. */
function lineOf(error: unknown, { line, statement, script }: Origin): number | undefined {
  if (line !== undefined) {
    const position = Number(serverErrorIn(error)?.position ?? 1)
    const before = (statement ?? '').slice(0, Math.max(0, position - 1))
    return line + (before.match(/\n/g)?.length ?? 0)
  }
  if (script?.kind !== 'ts' || !(error instanceof Error)) return undefined
  let stack = ''
  for (let at: unknown = error; at instanceof Error; at = at.cause) stack += `${at.stack}\n`
  const at = stack.indexOf(script.file)
  const found = at < 0 ? null : /^:(\d+)/.exec(stack.slice(at + script.file.length))
  return found ? Number(found[1]) : undefined
}

function shorten(statement: string): string {
  return statement.length > 2_000 ? `${statement.slice(0, 2_000)} …` : statement
}

import type { Config } from '../../config/resolve-config.ts'
import type { ConcurrentIndex } from '../../database/concurrent-index.ts'
import { historyStatement } from '../../database/history-table.ts'
import { releaseOthers } from '../../database/lock.ts'
import { ownPath } from '../../database/own-path.ts'
import {
  beginProgress,
  endProgress,
  noteDone,
  noteSettings,
  noteStarted,
  startedAt,
} from '../../database/progress-table.ts'
import { readSettings } from '../../database/session-settings.ts'
import { changeRowsStatement } from '../../database/version-table.ts'
import { hashText } from '../../script/hash.ts'
import type { Statement } from '../../script/script.ts'
import { maySayReadOnly, mayStandAlone, setsLocally, unitsOf } from '../../script/units.ts'
import { needsNewSession } from '../../session/new-session.ts'
import {
  deferredChecks,
  forgetPrepared,
  ownSettings,
  resetStatements,
  settingsStatement,
  withSettings,
} from '../../session/step-settings.ts'
import { doBlock } from '../../sql/do-block.ts'
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { type CompiledStep, recordOfStep } from '../compile-step.ts'
import { ledgerStepStatements } from '../ledger-statements.ts'
import { transactionSettings } from '../step-entries.ts'
import { checkBlock, unlockStatement } from './guard-blocks.ts'
import { recordBody, recordHook } from './recording-context.ts'

/** Who the history says it was: which host will run the script is not known, and the same input gives the same bytes. */
export function offlineAuthor({ applicationVersion }: Config) {
  return { host: 'psql', applicationVersion }
}

/** `SET LOCAL ROLE` where a role is configured: sent in every transaction, so that none runs as another role. */
export function roleStatements({ role }: Config, scope: 'LOCAL' | 'SESSION'): readonly string[] {
  return role === undefined ? [] : [`SET ${scope} ROLE ${quoteIdentifier(role)}`]
}

/**
 * A step as it stands inside its transaction, and whether it leaves something in the session. The rows are looked at before the body
 * and swapped behind it, so that one that takes them away is not recorded.
 */
export async function transactionalStep(
  config: Config,
  step: CompiledStep,
): Promise<{
  readonly texts: readonly string[]
  readonly leaves: boolean
  readonly alters: boolean
}> {
  const { tables } = config
  const { move, history } = step
  const [before, written, after] = await bodyParts(config, step)
  const [first, rest] = transactionSettings(written)
  const body = [...before, ...withSettings(config, rest), ...after].map(({ sql }) => sql)
  const leaves = leavesState(body)
  const swap = [
    ...(move.changes.length > 0 ? [changeRowsStatement(tables, move.changes)] : []),
    ...ledgerStepStatements(config, step),
  ]
  const texts = [
    ...first.map(({ sql }) => sql),
    ...roleStatements(config, 'LOCAL'),
    settingsStatement(config, 'transaction'),
    checkBlock(tables, move.before, 'transaction'),
    ...body,
    deferredChecks,
    ...(leaves ? ownSettings(config) : []),
    ...swap,
    historyStatement(tables, [history], offlineAuthor(config)),
  ]
  return { texts, leaves, alters: body.some(needsNewSession) }
}

/** Whether the statements may change the session that they run in: what is nothing but DDL and rows does not. */
function leavesState(statements: readonly string[]): boolean {
  return statements.some(
    (sql) =>
      /\bpg_temp\b/i.test(sql) ||
      !/^(?:(?:CREATE(?!\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP)|ALTER|DROP|COMMENT|GRANT|REVOKE|INSERT|UPDATE|DELETE|TRUNCATE)\b)/i.test(
        sql,
      ),
  )
}

/**
 * A `transaction: none` step with its transactions. Progress is noted as online, so that an online run can resume it when
 * the script is interrupted; settings and lock of the session are given back at the end.
 */
export async function nontransactionalStep(
  config: Config,
  step: CompiledStep,
): Promise<{ readonly statements: readonly string[]; readonly alters: boolean }> {
  const { tables } = config
  const { move, history, script } = step
  const [before, body, after] = await bodyParts(config, step)
  const texts = (statements: readonly Statement[]) => statements.map(({ sql }) => sql)
  const statements = [
    'BEGIN',
    ...roleStatements(config, 'LOCAL'),
    checkBlock(tables, move.before, 'session'),
    beginProgress(tables, script.id, move.step.direction, recordOfStep(step)),
    'COMMIT',
    ...roleStatements(config, 'SESSION'),
    settingsStatement(config, 'session'),
    ...texts(before),
    ...(step.body.kind === 'sql' ? withNotes(config, script.file, body) : texts(body)),
    ...texts(after),
    'BEGIN READ WRITE',
    ...ownSettings(config),
    ...(move.changes.length > 0 ? [changeRowsStatement(tables, move.changes)] : []),
    ...ledgerStepStatements(config, step),
    historyStatement(tables, [history], offlineAuthor(config), startedAt(tables)),
    endProgress(tables),
    'COMMIT',
    ...cleanStatements(config, texts(body)),
    unlockStatement(tables),
  ]
  return { statements, alters: texts(body).some(needsNewSession) }
}

/** The session as a new one has it, behind a body; the script's own lock stays. */
export function cleanStatements({ tables }: Config, body: readonly string[]): readonly string[] {
  const mayLock = body.some((sql) => /\bpg_(?:try_)?advisory_lock/i.test(sql))
  return [
    ...resetStatements({ role: undefined }),
    forgetPrepared,
    ...(mayLock ? ['BEGIN', ownPath, releaseOthers(tables), 'COMMIT'] : []),
  ]
}

/** What the body alone sends: all that a `fresh: run` revision does in a database that was just created. */
export async function bodyStatements(
  config: Config,
  step: CompiledStep,
): Promise<readonly Statement[]> {
  const { body } = step
  return body.kind === 'sql' ? body.statements : await recordBody(config, step, body)
}

/** What the hook before, the body and the hook after send. */
async function bodyParts(config: Config, step: CompiledStep) {
  return [
    await recordHook(config, step, 'beforeStep'),
    await bodyStatements(config, step),
    await recordHook(config, step, 'afterStep'),
  ] as const
}

/** Each unit with the note that it is done: in one transaction where PostgreSQL allows that. */
function withNotes(config: Config, file: string, statements: readonly Statement[]) {
  const { tables } = config
  const hashes = statements.map(({ sql }) => hashText(sql))
  const ours = (note: string) => [
    'BEGIN READ WRITE',
    readSettings,
    ...ownSettings(config),
    note,
    'COMMIT',
  ]
  return unitsOf(file, statements).flatMap((unit) => {
    const { single } = unit
    const done = noteDone(tables, hashes.slice(0, unit.first + unit.statements.length), {
      keeps: true,
    })
    const body = withSettings(config, unit.body).map(({ sql }) => sql)
    // The answer cannot be looked at: what may commit by itself has to be taken for what does.
    if (unit.is === 'block' && !(single && mayStandAlone(single))) {
      if (unit.rollsBack) return [unit.begin, ...body, 'ROLLBACK', ...ours(done)]
      if (maySayReadOnly(statements.slice(0, unit.first + unit.statements.length)))
        return [unit.begin, ...body, 'COMMIT', ...ours(done)]
      const recording = [deferredChecks, readSettings, ...ownSettings(config), done]
      const seenLocally = setsLocally(unit) ? ours(noteSettings(tables)) : []
      return [unit.begin, ...body, ...recording, 'COMMIT', ...seenLocally]
    }
    const kind = single?.kind
    const isIndex = kind?.is === 'concurrent-index'
    return [
      ...ours(noteStarted(tables, hashes[unit.first] ?? '')),
      // A build that waits for old transactions blocks no session: it may wait as long as they last.
      ...(isIndex ? ['SET lock_timeout = 0'] : []),
      ...body,
      ...(isIndex ? [`SET lock_timeout = ${config.lockTimeoutMs}`] : []),
      ...(isIndex && kind.action === 'create' ? [refuseInvalid(kind)] : []),
      ...ours(done),
    ]
  })
}

const buildAgain = 'Drop it, or let an online run build it again: `npx limbeck upgrade`.'

// IF NOT EXISTS passes over an INVALID index and reports success.
function refuseInvalid({ schema, name, table }: ConcurrentIndex): string {
  const named = (of: string) =>
    `pg_catalog.to_regclass(${quoteLiteral(qualifiedName(schema ?? undefined, of))})`
  const which =
    name !== null
      ? `indexrelid OPERATOR(pg_catalog.=) ${named(name)}`
      : `indrelid OPERATOR(pg_catalog.=) ${named(table ?? '')}`
  return doBlock(`  IF EXISTS (SELECT FROM pg_catalog.pg_index WHERE NOT indisvalid AND ${which}) THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`index ${name ?? `of ${table}`} is INVALID`)}, HINT = ${quoteLiteral(buildAgain)};
  END IF;`)
}

import { ensureTables } from '../database/ensure-tables.ts'
import { historyStatement } from '../database/history-table.ts'
import { type Inventory, readInventory } from '../database/read-inventory.ts'
import { changeRowsStatement, mustBeAt } from '../database/version-table.ts'
import { LimbeckError } from '../errors.ts'
import type { NewHistoryEntry } from '../revision/history-entry.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { rowChanges } from '../revision/row-changes.ts'
import type { Schema } from '../schema/schema.ts'
import { fingerprintAt, type Revisions } from '../script/revisions.ts'
import type { FreshUse } from '../script/script.ts'
import type { Session } from '../session/session.ts'
import { deferredChecks, ownSettings, settingsStatement } from '../session/step-settings.ts'
import { type CompiledStep, compileStep, recordOf } from './compile-step.ts'
import { ledgerStatements } from './ledger-statements.ts'
import { missingObjectHint } from './missing-object.ts'
import { createSchemaBlock } from './offline/guard-blocks.ts'
import { prepareLedger } from './prepare-ledger.ts'
import { cancellable } from './run-steps.ts'
import { runTransaction } from './run-transaction.ts'
import { bodyEntries, type Entry } from './step-entries.ts'
import { stepRun } from './step-run.ts'
import { cleanStatements } from './step-session.ts'

/** Revisions that were run, and those that a created database is stamped with, in order. */
export interface Created {
  readonly ran: readonly string[]
  readonly stamped: readonly string[]
}

/**
 * Builds a fresh database in one transaction: the revisions marked `fresh: before`, the models' DDL, the revisions marked
 * `fresh: run`, and a stamp of the heads with a history entry for each revision. To be called under the
 * lock; throws what reading the models throws, and LIMBECK_STEP_FAILED.
 */
export async function createDatabase(
  session: Session,
  revisions: Revisions,
  models: Schema,
  found?: Inventory,
): Promise<Created> {
  const { config, connection } = session
  config.onProgress({ state: 'creating' })
  const [ddl, { lines, fresh }] = await Promise.all([
    createAll(session, models),
    entriesFor(revisions),
  ])
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin: {} })
  const bodies = (use: FreshUse) =>
    fresh
      .filter(({ script }) => script.fresh === use)
      .flatMap((step) => [
        ...cleanStatements(session).map(own),
        own(settingsStatement(config, 'transaction')),
        ...bodyEntries(stepRun(session, step), { script: step.script, direction: 'upgrade' }),
      ])
  const inventory = found ?? (await readInventory(connection, config.tables, config.schema))
  await prepareLedger(session, revisions, [])
  await ensureTables(connection, config.tables, config.schema, inventory)
  const heads = revisions.map.effectiveHeads.toSorted()
  const entries: readonly Entry[] = [
    own(settingsStatement(config, 'transaction')),
    ...(connection.isPooled ? [own(mustBeAt(config.tables, []))] : []),
    ...bodies('before'),
    own(settingsStatement(config, 'transaction')),
    ...ddl.map(
      (sql): Entry => ({
        kind: 'sql',
        sql,
        origin: { what: 'create-all from the models', statement: sql },
      }),
    ),
    ...bodies('run'),
    own(deferredChecks),
    ...ownSettings(config).map(own),
    own(changeRowsStatement(config.tables, rowChanges([], heads))),
    own(historyStatement(config.tables, lines, config)),
    ...ledgerStatements(config, 'known', revisions, revisions.scripts.keys()).map(own),
  ]
  await cancellable(
    () => session,
    () => runTransaction(session, entries, []),
  ).catch(async (error: unknown) => {
    throw await withMissingObject(revisions, error)
  })
  const ids = lines.flatMap(({ revision }) => revision ?? [])
  const ran = new Set(fresh.map(({ script }) => script.id))
  return { ran: ids.filter((id) => ran.has(id)), stamped: ids.filter((id) => !ran.has(id)) }
}

/** A failure of the models' own DDL, with the revision that makes what it lacks. */
async function withMissingObject(revisions: Revisions, error: unknown): Promise<unknown> {
  if (!(error instanceof LimbeckError) || error.details.revision !== undefined) return error
  const { message: reason, details, cause } = error
  const { sqlstate } = details
  const hint = await missingObjectHint(revisions, { reason, sqlstate })
  return hint === null ? error : new LimbeckError(error.code, reason, { ...details, cause, hint })
}

/** The models' DDL, without roles and schemas that are there already; the generator is only loaded here. */
async function createAll({ connection }: Session, models: Schema): Promise<readonly string[]> {
  const [{ createStatements }, existing] = await Promise.all([
    import('../schema/create-statements.ts'),
    connection.ask<{ kind: string; name: string }>(
      `SELECT 'schema' AS kind, nspname AS name FROM pg_namespace UNION ALL SELECT 'role', rolname FROM pg_roles`,
    ),
  ])
  const isThere = new Set(existing.map(({ kind, name }) => `${kind} ${name}`))
  // A revision that runs before may make a schema of theirs.
  const schemas = models.schemas.filter((name) => !isThere.has(`schema ${name}`))
  const roles = models.roles.filter(({ name }) => !isThere.has(`role ${name}`))
  return [...schemas.map(createSchemaBlock), ...createStatements({ ...models, roles, schemas: [] })]
}

/** What is written for a created database, in the order of an upgrade. */
export async function entriesFor(revisions: Revisions): Promise<{
  /** A history entry for each revision. */
  readonly lines: readonly NewHistoryEntry[]
  /** Those of which the upgrade runs all the same. */
  readonly fresh: readonly CompiledStep[]
}> {
  const { map, scripts } = revisions
  const rows = map.effectiveHeads.toSorted()
  const lines: NewHistoryEntry[] = []
  const fresh: CompiledStep[] = []
  for (const step of planUpgrade(map, [], 'heads')) {
    const script = scripts.get(step.revision)
    if (!script) throw new TypeError(`the plan names ${step.revision}, which has no script`)
    if (script.fresh === 'before' || script.fresh === 'run')
      fresh.push(await compileStep(script, { step, before: [], rows, changes: [] }))
    const headOf = fingerprintAt(revisions, rows)
    const record = await recordOf(script)
    lines.push({ ...record, direction: 'create', rowsBefore: [], rowsAfter: rows, headOf })
  }
  return { lines, fresh }
}

import { type HistoryEntry, historyStatement } from '../database/history-table.ts'
import { ensureTables, type Inspection, inspect } from '../database/inspect.ts'
import { changeRowsStatement } from '../database/version-table.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { rowChanges } from '../revision/row-changes.ts'
import type { Schema } from '../schema/schema.ts'
import { fingerprintAt, type Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { ownSettings, settingsStatement } from '../session/step-settings.ts'
import { type CompiledStep, compileStep, recordOf } from './compile-step.ts'
import { ledgerStatements } from './ledger-statements.ts'
import { prepareLedger } from './prepare-ledger.ts'
import { cancellable } from './run-steps.ts'
import { bodyEntries, type Entry, runTransaction } from './run-transaction.ts'
import { cleanSession } from './step-session.ts'

/**
 * Builds a fresh database in one transaction: the models' DDL, the revisions marked `fresh: run`, and a stamp of the
 * heads with a history line for each revision it stands for. Returns the revisions, in order. To be called under the
 * lock; throws what reading the models throws, and LIMBECK_STEP_FAILED.
 */
export async function createDatabase(
  session: Session,
  revisions: Revisions,
  models: Schema,
  found?: Inspection,
): Promise<readonly string[]> {
  const { config, connection } = session
  config.onProgress({ state: 'creating' })
  const [ddl, { lines, fresh }] = await Promise.all([
    createAll(session, models),
    standFor(revisions),
  ])
  const inspection = found ?? (await inspect(connection, config.tables, config.schema))
  await prepareLedger(session, revisions)
  await ensureTables(connection, config.tables, config.schema, inspection)
  const heads = revisions.map.effectiveHeads.toSorted()
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin: {} })
  const entries: readonly Entry[] = [
    own(settingsStatement(config, 'transaction')),
    ...ddl.map(
      (sql): Entry => ({
        kind: 'sql',
        sql,
        origin: { what: 'create-all from the models', statement: sql },
      }),
    ),
    ...fresh.flatMap((step) => [
      own(cleanSession(session)),
      own(settingsStatement(config, 'transaction')),
      ...bodyEntries(session, step, { script: step.script, direction: 'upgrade' }),
    ]),
    ...ownSettings(config).map(own),
    own(changeRowsStatement(config.tables, rowChanges([], heads))),
    own(historyStatement(config.tables, lines, config)),
    ...ledgerStatements(config, 'known', revisions.scripts.values()).map(own),
  ]
  await cancellable(session, () => runTransaction(session, entries, []))
  return lines.flatMap(({ revision }) => revision ?? [])
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
  return createStatements({
    ...models,
    roles: models.roles.filter(({ name }) => !isThere.has(`role ${name}`)),
    schemas: models.schemas.filter((name) => !isThere.has(`schema ${name}`)),
  })
}

/** What a created database stands for, in the order of an upgrade. */
export async function standFor(revisions: Revisions): Promise<{
  /** A history line for each revision. */
  readonly lines: readonly HistoryEntry[]
  /** Those of which the upgrade runs all the same. */
  readonly fresh: readonly CompiledStep[]
}> {
  const { map, scripts } = revisions
  const rows = map.effectiveHeads.toSorted()
  const lines: HistoryEntry[] = []
  const fresh: CompiledStep[] = []
  for (const step of planUpgrade(map, [], 'heads')) {
    const script = scripts.get(step.revision)
    if (!script) throw new TypeError(`the plan names ${step.revision}, which has no script`)
    if (script.fresh) fresh.push(await compileStep(script, { step, before: [], rows, changes: [] }))
    const headOf = fingerprintAt(revisions, rows)
    const record = await recordOf(script)
    lines.push({ ...record, direction: 'create', rowsBefore: [], rowsAfter: rows, headOf })
  }
  return { lines, fresh }
}

import type { Config } from '../config/resolve-config.ts'
import { ensureTables } from '../database/ensure-tables.ts'
import { pipeline } from '../database/executor.ts'
import { historyStatement } from '../database/history-table.ts'
import { endProgress } from '../database/progress-table.ts'
import { readNewestEntries } from '../database/read-history.ts'
import type { Inventory } from '../database/read-inventory.ts'
import { changeRowsStatement, mustBeAt } from '../database/version-table.ts'
import type { NewHistoryEntry } from '../revision/history-entry.ts'
import type { RowChange } from '../revision/revision.ts'
import { appliedSet } from '../revision/rows.ts'
import { fingerprintAt, type Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { unrecorded } from '../session/unrecorded.ts'
import { recordOf } from './compile-step.ts'
import { editedScripts } from './edited-files.ts'
import { ledgerStatements } from './ledger-statements.ts'
import { prepareLedger } from './prepare-ledger.ts'
import { stepFailure } from './step-error.ts'

/** Rows that are to be written without running anything. */
export interface Stamping {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly changes: readonly RowChange[]
  /** How the history calls it. Default: `stamp`. */
  readonly direction?: 'stamp' | 'adopt'
  /** Another tool's ledger is what told it. Default: false. */
  readonly isRecorded?: boolean
  /** The rows before are forgotten: nothing of them is beneath the new ones. */
  readonly isPurge?: boolean
}

/**
 * Writes the rows, and a history entry for each revision that they newly stamp or whose edited file they accept.
 * To be called under the lock.
 */
export async function writeStamp(
  session: Session,
  revisions: Revisions,
  inventory: Inventory,
  stamping: Stamping,
): Promise<void> {
  const { config, connection } = session
  await ensureTables(connection, config.tables, config.schema, inventory)
  const entries = await stampEntries(revisions, stamping, async (rows) => {
    const records = await readNewestEntries(connection, config.tables)
    const edited = await editedScripts(session, revisions, rows, records)
    return [...edited, ...unrecorded(revisions, stamping.from, records)]
  })
  await prepareLedger(session, revisions, [])
  const statements = stampStatements(config, stamping, entries)
  // Where the database is, is said now: a step that was interrupted before is not to be resumed.
  const settled = endProgress(config.tables)
  const failure = await pipeline(connection, [
    ...connection.begin,
    ...(connection.isPooled ? [mustBeAt(config.tables, stamping.from)] : []),
    ...statements,
    ...ledgerOfStamp(config, revisions, stamping),
    settled,
    'COMMIT',
  ])
  if (!failure) return
  if (!connection.isLost()) await connection.query('ROLLBACK')
  throw stepFailure({ ...failure, origin: { what: 'stamping', own: config.tables } }, [], config)
}

/** A ledger that was taken over says the same already. */
export function ledgerOfStamp(
  config: Config,
  revisions: Revisions,
  { from, to, isRecorded = false }: Stamping,
): readonly string[] {
  if (isRecorded) return []
  const { map } = revisions
  const before = appliedSet(
    map,
    from.filter((row) => map.nodes.has(row)),
  )
  const after = appliedSet(map, to)
  const gone = [...before].filter((id) => !after.has(id))
  return [
    ...ledgerStatements(config, 'known', revisions, after),
    ...ledgerStatements(config, 'gone', revisions, gone),
  ]
}

/** The history entries of a stamp; `edited` tells which files differ from what was run. */
export async function stampEntries(
  revisions: Revisions,
  { from, to, direction = 'stamp', isPurge = false }: Stamping,
  edited: (rows: readonly string[]) => Promise<readonly { readonly id: string }[]>,
): Promise<readonly NewHistoryEntry[]> {
  const { map, scripts } = revisions
  const headOf = fingerprintAt(revisions, to)
  const forgets = isPurge && from.length > 0 && from.join() !== to.join()
  const before = appliedSet(map, forgets ? [] : from.filter((row) => map.nodes.has(row)))
  const covered = [...appliedSet(map, to)].filter((id) => !before.has(id))
  const accepted = (await edited(to)).map(({ id }) => id)
  const entries: NewHistoryEntry[] = forgets
    ? [{ ...nothing, revision: null, direction, rowsBefore: from, rowsAfter: [] }]
    : []
  const rowsBefore = forgets ? [] : from
  for (const id of new Set([...covered, ...accepted])) {
    const script = scripts.get(id)
    if (script)
      entries.push({
        ...(await recordOf(script)),
        direction,
        rowsBefore,
        rowsAfter: to,
        headOf,
      })
  }
  // To stamp base on base says that nothing is applied, whatever tables there are.
  if (entries.length > 0 || (from.join() === to.join() && to.length > 0)) return entries
  return [{ ...nothing, revision: to[0] ?? null, direction, rowsBefore: from, rowsAfter: to }]
}

const nothing = { hash: null, downgradeSql: null, transactional: true, compatible: null }

/** What a stamp runs. */
export function stampStatements(
  config: Config,
  { changes }: Stamping,
  entries: readonly NewHistoryEntry[],
): readonly string[] {
  return [
    ...(changes.length > 0 ? [changeRowsStatement(config.tables, changes)] : []),
    ...(entries.length > 0 ? [historyStatement(config.tables, entries, config)] : []),
  ]
}

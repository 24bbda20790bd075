import type { Config } from '../config/resolve-config.ts'
import { readInventory } from '../database/read-inventory.ts'
import { readPlainRows } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { applySteps } from '../revision/apply-step.ts'
import { offlineStamp } from '../revision/offline.ts'
import { planStamp } from '../revision/plan-stamp.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { rowChanges } from '../revision/row-changes.ts'
import { ensureLedger } from '../run/ledger-statements.ts'
import { offlineStampScript } from '../run/offline/script.ts'
import { offlineAuthor } from '../run/offline/step.ts'
import {
  ledgerOfStamp,
  type Stamping,
  stampEntries,
  stampStatements,
  writeStamp,
} from '../run/write-stamp.ts'
import { detectRows } from '../scratch/detect-revision.ts'
import type { Revisions } from '../script/revisions.ts'
import { underLock, withSession } from '../session/session.ts'

export interface StampOptions {
  /** Identifiers of what the database is to count as being at. Default: none, `base`. */
  readonly targets?: string | readonly string[] | undefined
  /** Instead of targets: the revision whose schema equals the database. Default: false. */
  readonly detect?: boolean | undefined
  /** Forget the rows that are there, whatever they say. Default: false. */
  readonly purge?: boolean | undefined
  /** Return the script instead of running it; no connection is opened. Default: false. */
  readonly sql?: boolean | undefined
  /** Report what would be written, and write nothing. Default: false. */
  readonly dryRun?: boolean | undefined
}

/** What `stamp` returns. */
export interface StampReport {
  /** Version rows before, sorted. */
  readonly from: readonly string[]
  /** Version rows after, sorted. */
  readonly to: readonly string[]
  /** What was in the database before. */
  readonly found: { readonly tables: readonly string[]; readonly rows: readonly string[] }
  /** With `sql`: the script for psql; nothing was run. */
  readonly sql?: string
}

/**
 * Writes the version table without running anything, under the migration lock. Files of applied revisions that were
 * edited count as accepted. Throws what planStamp() throws, and with `detect` what detectRows() throws.
 */
export async function stamp(
  config: Config,
  revisions: Revisions,
  { targets = [], detect = false, purge = false, sql = false, dryRun = false }: StampOptions,
): Promise<StampReport> {
  const texts = [targets].flat()
  if (sql) return await stampOffline(config, revisions, texts, purge)
  return await withSession(config, async (session) => {
    const { result } = await underLock(session, null, async () => {
      const { config, connection } = session
      const inventory = await readInventory(connection, config.tables, config.schema)
      const rows = await readPlainRows(connection, config.tables)
      if (detect) refuseKnown(rows, inventory.userTables, purge)
      const wanted = detect ? await detectRows(session, revisions) : texts
      const planned = plan(revisions.map, rows, wanted, purge)
      const stamping: Stamping = detect ? { ...planned, direction: 'adopt' } : planned
      if (!dryRun) await writeStamp(session, revisions, inventory, stamping)
      return { from: rows, to: stamping.to, found: { tables: inventory.userTables, rows } }
    })
    return result
  })
}

function refuseKnown(rows: readonly string[], tables: readonly string[], purge: boolean): void {
  if (tables.length === 0)
    throw new LimbeckError('LIMBECK_INVALID_OPTION', 'the database is empty: nothing to detect', {
      hint: 'Build it: `npx limbeck upgrade`.',
    })
  if (rows.length === 0 || purge) return
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `the database has version rows already: ${rows.join(', ')}`,
    {
      revisions: rows,
      hint: 'To replace them by what its schema says: `npx limbeck stamp --detect --purge`.',
    },
  )
}

function plan(
  map: RevisionMap,
  rows: readonly string[],
  targets: readonly string[],
  purge: boolean,
): Stamping {
  const start = purge ? [] : rows
  const moves = [...applySteps(map, start, planStamp(map, start, targets))]
  const to = (moves.at(-1)?.rows ?? start).toSorted()
  return purge
    ? {
        from: rows,
        to,
        isPurge: true,
        changes: rowChanges(
          rows.filter((row) => !to.includes(row)),
          to.filter((row) => !rows.includes(row)),
        ),
      }
    : { from: rows, to, changes: moves.flatMap(({ changes }) => changes) }
}

async function stampOffline(
  config: Config,
  revisions: Revisions,
  texts: readonly string[],
  purge: boolean,
): Promise<StampReport> {
  const { rows, target } = offlineStamp(revisions.map, texts, { purge })
  const stamping = plan(revisions.map, rows, target, false)
  const entries = await stampEntries(revisions, stamping, async () => [])
  const statements = stampStatements({ ...config, ...offlineAuthor(config) }, stamping, entries)
  const sql = offlineStampScript(config, stamping, [
    ...statements,
    ...ensureLedger(config, revisions, []),
    ...ledgerOfStamp(config, revisions, stamping),
  ])
  return { from: rows, to: stamping.to, found: { tables: [], rows }, sql }
}

import type { NewestEntry } from '../database/read-history.ts'
import { LimbeckError } from '../errors.ts'
import { prove } from '../ledger/prove.ts'
import { readLedger } from '../ledger/read-ledger.ts'
import { appliedSet } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'
import type { Session } from './session.ts'

type Records = ReadonlyMap<string, Pick<NewestEntry, 'hash'>>

/**
 * Migrations of another tool's folder that stand before a version row and of which the history has no entry. In a revision
 * file the parent is part of what was run; the order of a foreign folder is in a journal or in names, so that a merge can put
 * a migration before one that has run, and the rows alone would say that it ran too.
 */
export function unrecorded(
  { scripts, map }: Revisions,
  rows: readonly string[],
  records: Records,
): readonly Script[] {
  const here = rows.filter((row) => map.nodes.has(row))
  // Where a row is from before there was a history, nothing is told by what the history lacks.
  if (here.some((row) => !records.has(row))) return []
  // The same text under another name is the same migration in another layout of the folder.
  const moved = new Set([...records].flatMap(([id, { hash }]) => (scripts.has(id) ? [] : hash)))
  return [...appliedSet(map, here)].flatMap((id) => {
    const script = scripts.get(id)
    if (script?.format === undefined || records.has(id)) return []
    return script.ledger?.hashes.some((hash) => moved.has(hash)) ? [] : script
  })
}

/** Throws LIMBECK_LEDGER_UNPROVEN for those of which the ledger does not say either that they ran. */
export async function refuseUnrecorded(
  { connection, config }: Session,
  revisions: Revisions,
  rows: readonly string[],
  records: Records,
): Promise<void> {
  const missing = unrecorded(revisions, rows, records)
  if (missing.length === 0) return
  const ledger = await readLedger(connection, config, revisions)
  const findings = ledger ? prove(revisions, ledger.location.tool, ledger.rows).findings : []
  const ran = new Set(
    findings.flatMap(({ status, revision }) =>
      status === 'applied' || status === 'ran twice' ? [revision] : [],
    ),
  )
  const unproven = missing.filter(({ id }) => !ran.has(id))
  const [first] = unproven
  if (first === undefined) return
  const more = unproven.length === 1 ? '' : ` (and ${unproven.length - 1} more)`
  throw new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `${first.message}${more} stands before what has run, and neither the history nor a ledger says that it ran. Nothing was changed.`,
    {
      revision: first.id,
      file: first.file,
      revisions: unproven.map(({ id }) => id),
      hint: `If it is new, delete it and generate it again, so that it comes last; if it was edited after it ran, restore the file; if the database has what it does: \`npx limbeck stamp ${rows.join(' ')}\`.`,
    },
  )
}

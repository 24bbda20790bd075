import { readNewestEntries } from '../database/read-history.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { editedScripts } from '../run/edited-files.ts'
import { displayPath } from '../script/display-path.ts'
import type { Revisions } from '../script/revisions.ts'
import { downgradeCommand } from '../session/ahead-errors.ts'
import { missingHeads } from '../session/classify.ts'
import type { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'

/** More heads than one: no upgrade knows where to go. */
export function checkHeads({ effectiveHeads }: RevisionMap): readonly Finding[] {
  if (effectiveHeads.length <= 1) return []
  return [
    {
      code: 'several-heads',
      severity: 'error',
      message: `the revision files have ${effectiveHeads.length} heads: ${effectiveHeads.join(', ')}`,
      hint: `Join them: \`npx limbeck merge ${effectiveHeads.join(' ')} -m "merge branches"\`.`,
    },
  ]
}

/** Revision files against the rows and the history of the database: edited, missing and unknown ones. */
export async function checkFiles(
  session: Session,
  revisions: Revisions,
  { rows, hasHistory }: { readonly rows: readonly string[]; readonly hasHistory: boolean },
): Promise<readonly Finding[]> {
  const { config, connection } = session
  const { map } = revisions
  const records = await readNewestEntries(connection, config.tables, { history: hasHistory })
  const known = rows.filter((row) => map.nodes.has(row))
  const edited = hasHistory ? await editedScripts(session, revisions, known) : []
  const isMissing = (id: string) => !map.nodes.has(id)
  const lost = [...records.values()].filter(
    ({ revision, direction }) =>
      isMissing(revision) && direction !== 'downgrade' && !rows.includes(revision),
  )
  const isAhead = missingHeads(map, rows, records).length === 0
  return [
    ...edited.map(
      ({ id, file }): Finding => ({
        code: 'edited-file',
        severity: 'error',
        message: `${displayPath(file)} was edited after it was applied`,
        hint: `Restore it and put the change into a new revision; if the edit changes nothing that was run: \`npx limbeck stamp ${known.join(' ')}\`.`,
        revision: id,
        file,
      }),
    ),
    ...rows
      .filter(isMissing)
      .map((row) => rowWithoutFile(row, revisions, { isRecorded: records.has(row), isAhead })),
    ...lost.map(
      ({ revision }): Finding => ({
        code: 'missing-file',
        severity: 'warning',
        message: `the history says that ${revision} was applied, and there is no file of it`,
        hint: 'Restore the file, unless another revision replaces it on purpose.',
        revision,
      }),
    ),
  ]
}

/** Where another line of revisions has run than here, undoing it leads nowhere: the state itself is told beside this. */
function rowWithoutFile(
  row: string,
  revisions: Revisions,
  { isRecorded, isAhead }: { readonly isRecorded: boolean; readonly isAhead: boolean },
): Finding {
  if (!isRecorded)
    return {
      code: 'phantom-row',
      severity: 'error',
      message: `the version table says ${JSON.stringify(row)}, which no file and no history entry contains`,
      hint: 'Find out what state the database is in, then: `npx limbeck stamp --purge <revision>`.',
      revision: row,
    }
  const undo = isAhead
    ? `, restore the file, or undo it: ${downgradeCommand(revisions)}`
    : ' or restore the file'
  return {
    code: 'missing-file',
    severity: 'error',
    message: `the database is at ${row}, and there is no file of it: it is ahead of these files, or the file was deleted`,
    hint: `Update the files (git pull)${undo}.`,
    revision: row,
  }
}

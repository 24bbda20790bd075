import { type NewestEntry, readNewestEntries } from '../database/read-history.ts'
import { LimbeckError } from '../errors.ts'
import { appliedSet } from '../revision/rows.ts'
import { displayPath } from '../script/display-path.ts'
import { hashesOf } from '../script/hash.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'
import type { Session } from '../session/session.ts'

/** Applied revisions whose file is no longer what was run, in load order. */
export async function editedScripts(
  { config, connection }: Session,
  { scripts, map, rebuilt }: Revisions,
  rows: readonly string[],
  known?: ReadonlyMap<string, NewestEntry>,
): Promise<readonly Script[]> {
  const records = known ?? (await readNewestEntries(connection, config.tables))
  const edited: Script[] = []
  for (const id of appliedSet(map, rows)) {
    const script = scripts.get(id)
    const hash = rebuilt?.has(id) ? null : records.get(id)?.hash
    // What was run as another tool's file counts as this one, which was imported from it.
    const isOriginal = script?.ledger?.hashes.includes(hash ?? '')
    if (script && hash && !isOriginal && !(await hashesOfFile(script)).has(hash))
      edited.push(script)
  }
  return edited
}

// A fleet asks for each of its members.
const hashes = new WeakMap<Script, Promise<ReadonlySet<string>>>()

/** Of the file, read once for each loading of the folder. */
function hashesOfFile(script: Script): Promise<ReadonlySet<string>> {
  const found =
    hashes.get(script) ?? readText(script.file).then((text) => hashesOf(script.kind, text))
  hashes.set(script, found)
  return found
}

/** Throws LIMBECK_EDITED_REVISION when history says something else was run than the files say. */
export async function refuseEdited(
  session: Session,
  revisions: Revisions,
  rows: readonly string[],
  records: ReadonlyMap<string, NewestEntry>,
  except?: string,
): Promise<void> {
  const all = await editedScripts(session, revisions, rows, records)
  const edited = all.filter(({ id }) => id !== except)
  const [first] = edited
  if (!first) return
  const files = edited.map(({ file }) => displayPath(file)).join(', ')
  throw new LimbeckError('LIMBECK_EDITED_REVISION', `edited after it was applied: ${files}`, {
    revision: first.id,
    file: displayPath(first.file),
    revisions: edited.map(({ id }) => id),
    hint: `Restore the file and put the change into a new revision; if the edit changes nothing that was run, accept it: \`npx limbeck stamp ${rows.join(' ')}\`.`,
  })
}

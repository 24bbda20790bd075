import { debug } from '../debug.ts'
import type { Step } from '../revision/revision.ts'
import { isLarge } from '../script/large-file.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { type Prepare, prepareChecked } from './prepare-checked.ts'
import type { PreparedSteps } from './prepare-steps.ts'

/**
 * Reads and parses what is pending before the lock is taken, where files are large: for as long as that takes this process says
 * nothing, and a process that holds the lock in silence keeps all others waiting. Returns what uses it under the lock, if the same steps
 * are planned there; undefined where there is nothing to prepare. What is wrong with the files is told under the lock, behind
 * all that is looked at first.
 */
export async function prepareAhead(
  session: Session,
  revisions: Revisions,
  plan: (rows: readonly string[]) => readonly Step[] | Promise<readonly Step[]>,
): Promise<Prepare | undefined> {
  const { state, connection } = session
  // What is set for the time of parsing would stay on another client's backend.
  if (connection.isPooled || state.interrupted) return undefined
  const rows = state.rows ?? []
  try {
    const planned = await plan(rows)
    const files = planned.map(({ revision }) => revisions.scripts.get(revision)?.file ?? '')
    if (!files.some(isLarge)) return undefined
    debug('parsed before the lock: %d revisions', planned.length)
    const steps = await prepareChecked(session, revisions, rows, planned)
    return usedOnce(steps, keyOf(revisions, rows, planned))
  } catch {
    return undefined
  }
}

/** The steps can be walked once only. */
function usedOnce(steps: PreparedSteps, key: string): Prepare {
  let left: PreparedSteps | undefined = steps
  return async (session, revisions, rows, planned) => {
    const found = key === keyOf(revisions, rows, planned) ? left : undefined
    left = undefined
    return found ?? (await prepareChecked(session, revisions, rows, planned))
  }
}

/** What the steps were made of: where the database stood, the plan, and what the headers of its files said. */
function keyOf({ scripts }: Revisions, rows: readonly string[], planned: readonly Step[]): string {
  const headers = planned.map(({ revision }) => scripts.get(revision))
  return JSON.stringify([rows, planned, headers])
}

import { needsFresh } from '../run/fresh-plan.ts'
import type { Script } from '../script/script.ts'
import type { Finding } from './finding.ts'

/**
 * Revisions with rows or code that do not say what a database made from the models does with them: until they do, an empty
 * database is built by the revisions.
 */
export async function checkFresh(scripts: Iterable<Script>): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const all = [...scripts]
  // Another tool's files say nothing of the kind, and no database is made from the models where they are.
  if (all.some(({ format }) => format !== undefined)) return []
  for (const script of all) if (await needsFresh(script)) findings.push(unsaid(script))
  return findings
}

function unsaid({ id, file, kind }: Script): Finding {
  const line = (use: string) =>
    kind === 'ts' ? `export const fresh = '${use}'` : `-- fresh: ${use}`
  return {
    code: 'fresh-unsaid',
    severity: 'warning',
    message: `revision ${id} has rows or code and does not say what a database made from the models does with it, which is built by the revisions until it does`,
    hint: `Write "${line('run')}" where new databases need it, "${line('before')}" where the models lean on it, "${line('skip')}" where they need nothing of it.`,
    revision: id,
    file,
  }
}

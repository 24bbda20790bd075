import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A real folder with the given files, removed when the test is over. */
export async function revisionFolder(files: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'limbeck-script-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

/** Text of a `.sql` revision: the head lines given, and both bodies. */
export function sqlText(
  head: readonly string[],
  upgrade = 'CREATE TABLE t ();',
  downgrade = 'DROP TABLE t;',
): string {
  const comments = ['Add t', '', ...head].map((line) => `-- ${line}`.trimEnd())
  return `${comments.join('\n')}\n\n-- +upgrade\n${upgrade}\n\n-- +downgrade\n${downgrade}\n`
}

/** Text of a `.ts` revision with these lines between its head and its functions. */
export function tsText(...lines: readonly string[]): string {
  return [
    '// Add t',
    "export const revision = 'aaa'",
    'export const downRevision = null',
    ...lines,
    'export async function upgrade() {}',
    'export async function downgrade() {}',
    '',
  ].join('\n')
}

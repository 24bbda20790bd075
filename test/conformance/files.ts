import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Case, CaseRevision } from './case.ts'

/** Bodies that only note that they ran: `+id` for an upgrade, `-id` for a downgrade. */
export const ranTable = 'conformance_ran'

/** Why a revision of the case cannot stand in a file at all, or null. */
export function notAFile({ graph }: Case): string | null {
  const id = graph.map((revision) => revision.id).find((each) => /[/\0]/u.test(each))
  return id === undefined ? null : `no file name can hold the id ${JSON.stringify(id)}`
}

/** Whether the head of a file refuses what a revision of the case says: it names nothing twice, and no name has spaces. */
export function isRefusedByHead({ graph }: Case): boolean {
  return graph.some(({ id, down, dependsOn, labels }) =>
    [[id], down, dependsOn, labels].some(
      (names) =>
        new Set(names).size < names.length || names.some((name) => !/^[^\s,]+$/u.test(name)),
    ),
  )
}

/** Writes a graph's revisions as files whose names sort in load order. */
export async function writeGraph(folder: string, graph: readonly CaseRevision[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all(
    graph.map((revision, index) => {
      const name = `${String(index).padStart(5, '0')}_${revision.id}.sql`
      return writeFile(path.join(folder, name), textOf(revision))
    }),
  )
}

function textOf({ id, down, dependsOn, labels }: CaseRevision): string {
  const note = (text: string) =>
    `INSERT INTO ${ranTable} (body) VALUES ('${text.replaceAll("'", "''")}');`
  return [
    `-- msg ${id}`,
    '--',
    `-- revision: ${id}`,
    `-- revises: ${down.join(', ')}`,
    ...(labels.length > 0 ? [`-- labels: ${labels.join(', ')}`] : []),
    ...(dependsOn.length > 0 ? [`-- depends-on: ${dependsOn.join(', ')}`] : []),
    '',
    '-- +upgrade',
    note(`+${id}`),
    '',
    '-- +downgrade',
    note(`-${id}`),
    '',
  ].join('\n')
}

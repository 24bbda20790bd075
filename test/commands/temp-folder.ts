import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { loadRevisions } from '../../src/script/revisions.ts'

/** A new folder with the files given by relative path; removed when the test is over. */
export function tempFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'limbeck-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** The configuration that `init` has written. */
export const configOf = (root: string) => readFileSync(join(root, 'limbeck.config.ts'), 'utf8')

/** The links of a revision: what a graph is written with in a test. */
export interface Links {
  readonly revises?: string
  readonly labels?: string
  readonly dependsOn?: string
}

/** A `.sql` revision that makes and drops a table named like itself. */
export function sqlRevision(id: string, { revises = '', labels, dependsOn }: Links = {}): string {
  return [
    `-- Message of ${id}`,
    '--',
    `-- revision: ${id}`,
    `-- revises: ${revises}`.trimEnd(),
    '-- created: 2026-11-21T02:03:04Z',
    ...(labels ? [`-- labels: ${labels}`] : []),
    ...(dependsOn ? [`-- depends-on: ${dependsOn}`] : []),
    '',
    '-- +upgrade',
    `CREATE TABLE t_${id} ();`,
    '',
    '-- +downgrade',
    `DROP TABLE t_${id};`,
    '',
  ].join('\n')
}

/** Revision files by name: `{ a1: {}, b1: { revises: 'a1' } }`. */
export function revisionFiles(
  graph: Readonly<Record<string, Links>>,
  folder = 'migrations',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(graph).map(([id, links]) => [
      `${folder}/${id}_message.sql`,
      sqlRevision(id, links),
    ]),
  )
}

/** What commands run with, read from a folder that holds `migrations`. */
export async function readProject(root: string, folders: readonly string[] = ['migrations']) {
  const migrations = folders.map((folder) => join(root, folder))
  const config = resolveConfig({ url: 'postgres://none.invalid/none', migrations })
  return [config, await loadRevisions(migrations)] as const
}

/** A fork of two branches with labels, joined by m1: r1 ← a1 (search), b1 (billing) ← m1. */
export const diamond = {
  r1: {},
  a1: { revises: 'r1', labels: 'search' },
  b1: { revises: 'r1', labels: 'billing' },
  m1: { revises: 'a1, b1' },
} as const satisfies Record<string, Links>

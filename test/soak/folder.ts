import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { revisionText, type SqlRevision } from '../support/revision-text.ts'

/** A revision of a test's chain: SQL, or the body of a TypeScript file. */
export type Link = SqlRevision | { readonly ts: string }

/** Writes a chain, each revision on the one before, and returns the folder. */
export async function writeChain(
  root: string,
  name: string,
  links: Readonly<Record<string, Link>>,
): Promise<string> {
  const folder = path.join(root, name)
  await mkdir(folder, { recursive: true })
  let parent: string | null = null
  for (const [id, link] of Object.entries(links)) {
    const text =
      'ts' in link
        ? `export const revision = '${id}'\nexport const downRevision = ${parent === null ? null : `'${parent}'`}\n${link.ts}\n`
        : revisionText(id, { revises: parent ?? '', ...link })
    await writeFile(path.join(folder, `${id}_soak.${'ts' in link ? 'ts' : 'sql'}`), text)
    parent = id
  }
  return folder
}

/** `r01`, `r02`, … */
export function idOf(index: number): string {
  return `r${String(index).padStart(2, '0')}`
}

import path from 'node:path'
import type { LimbeckOptions } from '../config/options.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { readSqlBodies } from '../script/bodies.ts'
import type { BundledRevision } from '../script/bundle.ts'
import { readText } from '../script/read-text.ts'
import { readRevisionNames } from '../script/revision-files.ts'
import { loadRevisions, requireRevisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'
import { inlineCode } from './inline-code.ts'

export type { BundledRevision, RevisionBundle } from '../script/bundle.ts'

/** What is needed to find the revisions. */
export type BundleOptions = Pick<LimbeckOptions, 'migrations'>

/** A module to write, and what it holds. */
export interface BundleReport {
  /** The text of an ES module whose default export is a `RevisionBundle`. */
  readonly code: string
  /** Its declarations. */
  readonly types: string
  /** The revisions in it, in load order. */
  readonly revisions: readonly string[]
}

/**
 * Puts all revisions into one module: their statements split, their code as JavaScript. It runs without a file system,
 * without a loader of TypeScript and without PostgreSQL's grammar, wherever a bundler puts it. Throws what reading the
 * files throws, and LIMBECK_INVALID_FILE for code that cannot be put into a module.
 */
export async function bundleRevisions(options: BundleOptions = {}): Promise<BundleReport> {
  const { folders } = resolveConfig({ ...options, url: 'postgres://none.invalid/none' })
  const { names } = await readRevisionNames(folders)
  const revisions = await loadRevisions(folders)
  requireRevisions(revisions, folders)
  const scripts = [...revisions.scripts.values()]
  const files = scripts.filter(({ kind }) => kind === 'ts').map(({ file }) => file)
  const { imports, modules } = await inlineCode(files, nameOf)
  const entries: string[] = []
  for (const script of scripts) entries.push(await entryOf(script))
  const code = `// Written by \`npx limbeck bundle\` from ${folders.map(nameOf).join(', ')}. Do not edit: write it again.
${imports}${modules}
export default {
  format: 1,
  names: ${JSON.stringify(names)},
  revisions: [
${entries.join('')}  ],
}
`
  return { code, types, revisions: scripts.map(({ id }) => id) }
}

const types = `import type { RevisionBundle } from 'limbeck/bundle'

declare const bundle: RevisionBundle
export default bundle
`

async function entryOf(script: Script): Promise<string> {
  const revision: Pick<BundledRevision, 'script' | 'text'> = {
    // Below where it is mounted, wherever it is now.
    script: { ...script, file: nameOf(script.file).replace(/^(?:\.\.\/)+/, '') },
    text: await readText(script.file),
  }
  const fields = [
    `script: ${JSON.stringify(revision.script)}`,
    `text: ${JSON.stringify(revision.text)}`,
    script.kind === 'sql'
      ? `bodies: ${JSON.stringify(await readSqlBodies(script))}`
      : `load: () => load(${JSON.stringify(nameOf(script.file))})`,
  ]
  return `    {\n${fields.map((field) => `      ${field},\n`).join('')}    },\n`
}

/** A file as the module calls it: no path of the machine that has bundled it. */
function nameOf(file: string): string {
  return path.relative('', file).replaceAll(path.sep, '/')
}

import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { buildRevisionMap } from '../revision/revision-map.ts'
import type { Stage } from '../schema/stages.ts'
import { readSqlBodies } from '../script/bodies.ts'
import { loadRevisions, type Revisions } from '../script/revisions.ts'
import { readScript } from '../script/script-directory.ts'
import {
  type NewScript,
  type ScriptContent,
  type WritingOptions,
  type WrittenRevision,
  writeScript,
} from './write-script.ts'

/** One of several revisions that are written one on top of the other. */
export interface ChainLink {
  readonly stage: Stage['kind']
  readonly content: ScriptContent
}

const suffixes: Readonly<Record<ChainLink['stage'], string>> = {
  'enum values': ': enum values',
  main: '',
  online: ': indexes and constraints, online',
}

type Wanted = Omit<NewScript, 'head' | 'kind' | 'content'> & Partial<Pick<NewScript, 'head'>>

/**
 * Writes the revisions as a chain: labels, dependencies and edges are those of the first. All of them
 * are written or, when one fails, none. Throws what writeScript() throws.
 */
export async function writeChain<Link extends ChainLink>(
  config: WritingOptions,
  revisions: Revisions,
  wanted: Wanted,
  links: readonly Link[],
): Promise<readonly (WrittenRevision & Omit<Link, 'content'>)[]> {
  const written: (WrittenRevision & Omit<Link, 'content'>)[] = []
  try {
    for (const [index, { content, ...link }] of links.entries()) {
      const last = written.at(-1)
      const files = last === undefined ? revisions : await loadRevisions(config.folders)
      const script = scriptOf(wanted, links, index, last)
      const file = await writeScript(config, files, { ...script, content })
      written.push({ ...file, ...link })
      // As the runner will read it: a file that is refused there is not left behind here.
      await readSqlBodies(await readScript(file.file))
    }
    return written
  } catch (error) {
    await Promise.all(written.map(({ file }) => rm(file, { force: true })))
    throw error
  }
}

/** Keeps the revisions where they are not taken for such, and returns the paths. */
export async function keepFailed(
  config: WritingOptions,
  revisions: Revisions,
  wanted: Wanted,
  links: readonly ChainLink[],
): Promise<readonly string[]> {
  const written: WrittenRevision[] = []
  let { map } = revisions
  for (const [index, { content }] of links.entries()) {
    const script = scriptOf(wanted, links, index, written.at(-1))
    const file = await writeScript(
      { ...config, postWriteHooks: [] },
      { ...revisions, map },
      { ...script, content, ending: '.failed' },
    )
    written.push(file)
    const { revision: id, parents } = file
    const before = [...map.nodes.values()].map(({ revision }) => revision)
    map = buildRevisionMap([...before, { id, parents, labels: [], dependsOn: [] }])
  }
  return written.map(({ file }) => file)
}

/** Each on top of the one before. */
function scriptOf(
  { message, head = 'head', revId, ...wanted }: Wanted,
  links: readonly ChainLink[],
  index: number,
  last: WrittenRevision | undefined,
): NewScript {
  const suffix = links.length > 1 ? suffixes[(links[index] as ChainLink).stage] : ''
  const script = { message: `${message}${suffix}`, revId }
  if (last === undefined) return { ...wanted, ...script, head }
  return {
    ...script,
    revId: revId && `${revId}_${index + 1}`,
    head: last.revision,
    versionPath: wanted.versionPath ?? dirname(last.file),
  }
}

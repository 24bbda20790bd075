import { rm } from 'node:fs/promises'
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

/**
 * Writes the revisions as a chain: labels, dependencies and the place in the graph are those of the first. All of them
 * are written or, when one fails, none. Throws what writeScript() throws.
 */
export async function writeChain<Link extends ChainLink>(
  config: WritingOptions,
  revisions: Revisions,
  wanted: Omit<NewScript, 'head' | 'kind' | 'content'> & Partial<Pick<NewScript, 'head'>>,
  links: readonly Link[],
): Promise<readonly (WrittenRevision & Omit<Link, 'content'>)[]> {
  const { message, versionPath, head = 'head', revId, ...place } = wanted
  const written: (WrittenRevision & Omit<Link, 'content'>)[] = []
  try {
    for (const { content, ...link } of links) {
      const last = written.at(-1)
      const number = written.length + 1
      const script = {
        message: `${message}${links.length > 1 ? suffixes[link.stage] : ''}`,
        revId: last === undefined || revId === undefined ? revId : `${revId}_${number}`,
        content,
      }
      const files = last === undefined ? revisions : await loadRevisions(config.folders)
      const file = await writeScript(
        config,
        files,
        last === undefined
          ? { ...place, ...script, head, versionPath }
          : { ...script, head: last.revision, versionPath },
      )
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

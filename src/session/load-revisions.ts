import type { LimbeckOptions } from '../config/options.ts'
import { type Config, resolveConfig } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import type { Script } from '../script/script.ts'
import { loadScriptMap } from '../script/script-map.ts'

/** What every command starts from: the options as resolved, the revision files and the graph they form. */
export interface Environment {
  readonly config: Config
  /** By id, in load order. */
  readonly scripts: ReadonlyMap<string, Script>
  readonly map: RevisionMap
  /** Tells these revision files from others by their names; what the history remembers of the head. */
  readonly fingerprint: string
  /** Revisions whose files were rebuilt from the history: what was run is not in them. */
  readonly rebuilt?: ReadonlySet<string>
}

/** The fingerprint where `rows` are the head of the files: with it in the history the next boot need not read them. */
export function fingerprintAt(
  { map, fingerprint }: Pick<Environment, 'map' | 'fingerprint'>,
  rows: readonly string[],
): string | undefined {
  return rows.toSorted().join() === map.effectiveHeads.toSorted().join() ? fingerprint : undefined
}

/** Whether any revision is code: its context wants array types, which cost a round trip. */
export function hasCode({ scripts }: Environment): boolean {
  return [...scripts.values()].some(({ kind }) => kind === 'ts')
}

/** Reads all file heads, opens no connection. Throws what resolveConfig() and loadScriptMap() throw. */
export async function loadEnvironment(options: LimbeckOptions): Promise<Environment> {
  const config = resolveConfig(options)
  return { config, ...(await loadScriptMap(config.folders)) }
}

/** Throws LIMBECK_FOLDER_EMPTY when there is no revision at all. */
export function requireRevisions({ scripts, config }: Environment): void {
  if (scripts.size > 0) return
  throw new LimbeckError(
    'LIMBECK_FOLDER_EMPTY',
    `there is no revision in ${config.folders.join(', ')}`,
    { hint: 'Write the first one: `npx limbeck revision --autogenerate -m "initial schema"`.' },
  )
}

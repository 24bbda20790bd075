import path from 'node:path'
import { checkFresh } from '../check/check-fresh.ts'
import type { Finding } from '../check/finding.ts'
import { lintRevisions } from '../check/lint/lint-revisions.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { historyRange, revisionsBetween } from '../revision/range.ts'
import { resolve } from '../revision/resolve.ts'
import { pendingRevisions } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import { requireKnownRows } from '../session/read-rows.ts'

export interface LintOptions {
  /** Identifiers, ranges (`start:end`) or paths of revision files. Default: what is pending in the database. */
  readonly revisions?: readonly string[] | undefined
  /** Everything that this revision is not built upon. */
  readonly since?: string | undefined
  /** Every revision. Default: false. */
  readonly all?: boolean | undefined
}

/** What `lint` returns. */
export interface LintReport {
  readonly findings: readonly Finding[]
  /** Revisions that were looked at, in load order; those in TypeScript are not. */
  readonly linted: readonly string[]
}

/**
 * Looks for statements in the upgrades of new `.sql` revisions that hold an application up or break it, each with the
 * safe way to write it. Connects only to find out what is pending. Throws LIMBECK_LINTER_FAILED without squawk-cli.
 */
export async function lint(
  config: Config,
  revisions: Revisions,
  options: LintOptions = {},
): Promise<LintReport> {
  const { scripts } = revisions
  const wanted = new Set(await choose(config, revisions, options))
  const subjects = [...scripts.values()].filter(({ id, kind }) => wanted.has(id) && kind === 'sql')
  const all = [...scripts.values()].filter(({ id }) => wanted.has(id))
  // Without models every database is built by the revisions.
  const fresh = config.fresh === 'create' ? await checkFresh(all) : []
  return {
    findings: [...(subjects.length === 0 ? [] : await lintRevisions(config, subjects)), ...fresh],
    linted: subjects.map(({ id }) => id),
  }
}

async function choose(
  config: Config,
  files: Revisions,
  { revisions = [], since, all = false }: LintOptions,
): Promise<readonly string[]> {
  const { map } = files
  if (all) return [...map.nodes.keys()]
  if (since !== undefined)
    return revisionsBetween(map, since, 'heads', { inclusive: false, otherLines: true })
  if (revisions.length === 0) return pendingRevisions(map, await requireKnownRows(config, files))
  return revisions.flatMap((text) => named(files, text))
}

function named({ map, scripts }: Revisions, text: string): readonly string[] {
  if (text.includes(':')) return historyRange(map, [], text)
  if (!/[/\\]|\.(sql|ts)$/.test(text)) return resolve(map, text)
  const wanted = path.resolve(text)
  const script = [...scripts.values()].find(({ file }) => file === wanted)
  if (script) return [script.id]
  throw new LimbeckError('LIMBECK_NO_SUCH_REVISION', `${text} is not a revision file`, {
    file: wanted,
    hint: 'Name a revision, or a file in the folders of `migrations`.',
  })
}

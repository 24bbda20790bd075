import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Ahead, Diverged } from './classify.ts'

/**
 * The command that leads back to the heads of this build. All that has no file here is undone before the target is looked for:
 * where there are several heads each of them is where the database then is, and any one will do.
 */
export function downgradeCommand({ map }: Pick<Revisions, 'map'>): string {
  const [head = 'base'] = map.effectiveHeads
  return `\`npx limbeck downgrade --from-history ${head}\``
}

/** LIMBECK_DATABASE_AHEAD: which revisions are unknown here, and the downgrade that works. */
export function aheadError(revisions: Pick<Revisions, 'map'>, state: Ahead): LimbeckError {
  const { unknown, breaking } = state
  const [first] = breaking
  const why =
    first === undefined
      ? `the database is ahead of this build: ${unknown.join(', ')} is unknown here`
      : `the database is ahead of this build, and this build cannot work on it: ${breaking.join(', ')} is recorded compatible: no`
  return new LimbeckError('LIMBECK_DATABASE_AHEAD', why, {
    ...(first === undefined ? {} : { revision: first }),
    revisions: unknown,
    hint: `Deploy the newer build again, or go back: ${downgradeCommand(revisions)}.`,
  })
}

/** LIMBECK_DATABASE_DIVERGED: what of this build was never applied there, and what to do about it. */
export function divergedError(
  { tables }: Pick<Config, 'tables'>,
  { unknown, missing, isForeign }: Diverged,
): LimbeckError {
  const hint = isForeign
    ? `Table ${tables.version} is another service's: give this one a version table of its own (versionTable), and name the tables of the other in ignoreTables, or use a schema of its own.`
    : `Deploy a build that has all of them: where both lines of files are, \`npx limbeck merge heads -m "merge branches"\` joins them.`
  return new LimbeckError(
    'LIMBECK_DATABASE_DIVERGED',
    `the database has ${unknown.join(', ')}, which this build does not know, and ${missing.join(', ')} of this build was never applied there`,
    { revisions: [...unknown, ...missing], hint },
  )
}

import { readLastRecords } from '../database/read-history.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import type { Booted } from './boot-report.ts'

/** A database that a newer build has migrated, and what to do on it. */
export interface Ahead {
  readonly ahead: 'serve' | 'refuse'
  readonly rows: readonly string[]
  readonly unknown: readonly string[]
}

/**
 * Serves on a newer schema when the policy says so and no newer revision is recorded as breaking this build.
 * Throws LIMBECK_DATABASE_AHEAD naming the downgrade to run.
 */
export async function acceptAhead(
  { config, connection }: Session,
  { map }: Revisions,
  { ahead, rows, unknown }: Ahead,
): Promise<Booted> {
  const records = await readLastRecords(connection, config.tables, { history: true })
  const newer = [...records.values()].filter(
    ({ revision, direction }) => !map.nodes.has(revision) && direction !== 'downgrade',
  )
  const breaking = newer.filter(({ compatible }) => compatible === false)
  const downgrade = `npx limbeck downgrade --from-history ${map.effectiveHeads.join(' ')}`
  const [first] = breaking
  if (first)
    throw new LimbeckError(
      'LIMBECK_DATABASE_AHEAD',
      `the database is ahead of this build, and this build cannot work on it: ${breaking.map(({ revision }) => revision).join(', ')} is recorded compatible: no`,
      {
        revision: first.revision,
        revisions: unknown,
        hint: `Deploy the newer build again, or go back: ${downgrade}`,
      },
    )
  if (ahead === 'refuse')
    throw new LimbeckError(
      'LIMBECK_DATABASE_AHEAD',
      `the database is ahead of this build: ${unknown.join(', ')} is unknown here`,
      { revisions: unknown, hint: `Deploy the newer build again, or go back: ${downgrade}` },
    )
  config.logger.warn(
    { unknown, newer: newer.map(({ revision }) => revision) },
    `the database is ahead of this build (a rolled-back deploy?); to go back, ${downgrade}`,
  )
  return { outcome: 'ahead', from: rows, to: rows, applied: [], waitedMs: 0 }
}

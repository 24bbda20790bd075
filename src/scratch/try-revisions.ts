import { attempt } from '../autogenerate/shadow/build-steps.ts'
import type { Config } from '../config/resolve-config.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { serverErrorIn, serverFacts } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import { splitSql } from '../script/split.ts'
import { target } from '../session/session.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import type { EmptyCopy } from './empty-copy.ts'
import { isOutOfReach, withScratchDatabase } from './scratch-database.ts'

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

/**
 * Runs the upgrades in their order, then the downgrades backwards, in a scratch database that holds an empty copy of what
 * they change. Returns null where all of them work, else why it cannot be tried. Throws LIMBECK_TRIAL_FAILED.
 */
export async function tryRevisions(
  config: Config,
  { statements, path }: EmptyCopy,
  revisions: readonly Untried[],
): Promise<string | null> {
  try {
    return await withScratchDatabase(config, (scratch) =>
      withConnection(target(scratch), 'SELECT 1', async (connection) => {
        const missing = await build(connection, [...opening(path), ...statements])
        await connection.query('SET check_function_bodies = on')
        return await runAll(connection, revisions, missing)
      }),
    )
  } catch (error) {
    const answer = serverErrorIn(error)
    if (isOutOfReach(error) || isLost(error)) return error.message
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

/** The schemas that names are looked up in, and settings of the session. */
function opening(path: readonly string[]): readonly string[] {
  const names = path.map(quoteIdentifier)
  return [
    ...path
      .filter((name) => !name.startsWith('pg_'))
      .map((name) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name)}`),
    `SET search_path TO ${names.join(', ')}`,
    'SET synchronous_commit = off',
    // Bodies may name what is not copied.
    'SET check_function_bodies = off',
  ]
}

/** Makes all of it in one message, or as much of it as can be made. Returns why the rest could not. */
async function build(
  connection: Connection,
  statements: readonly string[],
): Promise<readonly string[]> {
  await connection.query('BEGIN')
  const failed =
    (await attempt(connection, statements.join(';\n'))) === null
      ? []
      : await buildOneByOne(connection, statements)
  await connection.query('COMMIT')
  return failed
}

/** In as many passes as it takes: a statement may fail only because another one comes later. */
async function buildOneByOne(
  connection: Connection,
  statements: readonly string[],
): Promise<readonly string[]> {
  const failed: string[] = []
  const reasons: string[] = []
  for (const sql of statements) {
    const error = await attempt(connection, sql)
    if (error === null) continue
    failed.push(sql)
    reasons.push(error.message)
  }
  const isProgress = failed.length > 0 && failed.length < statements.length
  return isProgress ? await buildOneByOne(connection, failed) : reasons
}

/** A body of a revision, and where it is. */
interface Body {
  readonly direction: 'upgrade' | 'downgrade'
  readonly sql: string
  readonly revision: Untried
}

async function runAll(
  connection: Connection,
  revisions: readonly Untried[],
  missing: readonly string[],
): Promise<string | null> {
  const upgrades = revisions.map(
    (revision): Body => ({ direction: 'upgrade', sql: revision.upgrade, revision }),
  )
  const downgrades = revisions.map(
    (revision): Body => ({ direction: 'downgrade', sql: revision.downgrade ?? '', revision }),
  )
  for (const body of [...upgrades, ...downgrades.reverse()]) {
    const failure = await run(connection, body)
    if (failure === null) continue
    // Then it is not known whether the file is to blame.
    const [known] = [
      ...missing,
      ...revisions.flatMap(({ hindrances }) => hindrances),
      ...(isOfServer(failure) ? [failure.message] : []),
    ]
    if (known === undefined) throw failure
    return known
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
  { direction, sql, revision: { transactional } }: Body,
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

function trialFailed(direction: Body['direction'], statement: string, error: unknown) {
  const answer = serverErrorIn(error)
  return new LimbeckError(
    'LIMBECK_TRIAL_FAILED',
    `the ${direction} of the new revision fails on an empty copy of the database: ${answer?.message} (SQLSTATE ${answer?.code})`,
    { ...serverFacts(error), direction, statement: withoutSecrets(statement) },
  )
}

import type { Connection } from '../../database/connection.ts'
import { isLockFailure } from '../../database/executor.ts'
import { isServerError, type ServerError } from '../../database/server-error.ts'
import { type CreateStep, createSteps } from '../../schema/create-statements.ts'
import { keyOf } from '../../schema/names.ts'
import type { Schema } from '../../schema/schema.ts'
import { inShadow, type ShadowNames } from './shadow-names.ts'

/** What is built: a part of the shadow. */
export interface BuildPlan {
  readonly models: Schema
  readonly names: ShadowNames
  /** What builds the models. */
  readonly steps: readonly CreateStep[]
}

/** Something of the models that the server cannot build, under its name in the models. */
export interface FailedStep extends Omit<CreateStep, 'sql'> {
  readonly reason: string
  /** PostgreSQL's DETAIL. */
  readonly detail?: string
  /** SQLSTATE. */
  readonly code: string
}

/**
 * Builds the models in the shadow: all statements in one message, or where that fails each for itself, as often as any
 * of them succeeds. Returns what cannot be built, without the parts of tables that cannot.
 */
export async function buildSteps(
  connection: Connection,
  { models, names, steps }: BuildPlan,
): Promise<readonly FailedStep[]> {
  if ((await attempt(connection, steps.map(({ sql }) => sql).join(';\n'))) === null) return []
  const first = await buildOneByOne(connection, steps)
  // What leans on an object that cannot be built is right as well if it can lean on the live one.
  const objects = new Set(names.objects)
  const live = liveName(names)
  for (const { step } of first) if (isObject(step)) objects.delete(keyOf(live(step)))
  const isFailed = new Set(first.map(({ step }) => stepKey(step)))
  const again = createSteps(inShadow(models, { ...names, objects })).filter((step) =>
    isFailed.has(stepKey(step)),
  )
  const failures = await buildOneByOne(connection, again)
  const gone = new Set(
    failures.filter(({ step }) => step.kind === 'table').map(({ step }) => keyOf(step.on)),
  )
  return failures
    .filter(({ step }) => isObject(step) || !gone.has(keyOf(step.on)))
    .map(({ step: { kind, name, on }, error }) => ({
      kind,
      name,
      on: live({ on }),
      reason: error.message,
      code: error.code,
      ...(error.detail !== undefined && { detail: error.detail }),
    }))
}

interface Failure {
  readonly step: CreateStep
  readonly error: ServerError
}

/** In as many passes as it takes: a statement may fail only because another one comes later. */
async function buildOneByOne(
  connection: Connection,
  steps: readonly CreateStep[],
): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  for (const step of steps) {
    const error = await attempt(connection, step.sql)
    if (error !== null) failures.push({ step, error })
  }
  const isProgress = failures.length > 0 && failures.length < steps.length
  return isProgress
    ? await buildOneByOne(
        connection,
        failures.map(({ step }) => step),
      )
    : failures
}

/** Runs the SQL, or takes back what it did and returns PostgreSQL's error. A lock in the way is no fault of the models. */
export async function attempt(connection: Connection, sql: string): Promise<ServerError | null> {
  // In a message of its own: what the grammar refuses, it refuses together with all that is in the same message.
  await connection.query('SAVEPOINT limbeck_attempt')
  try {
    await connection.query(`${sql};\nRELEASE SAVEPOINT limbeck_attempt`)
    return null
  } catch (error) {
    if (!isServerError(error) || isLockFailure(error)) throw error
    await connection.query(
      'ROLLBACK TO SAVEPOINT limbeck_attempt; RELEASE SAVEPOINT limbeck_attempt',
    )
    return error
  }
}

/** Whether the step makes an object of its own, and not a part of a table. */
function isObject({ kind }: CreateStep): boolean {
  return kind === 'enum' || kind === 'sequence' || kind === 'table' || kind === 'view'
}

function stepKey({ kind, on, name }: CreateStep): string {
  return JSON.stringify([kind, keyOf(on), name])
}

function liveName({ schemas, defaultSchema }: ShadowNames) {
  const live = new Map([...schemas].map(([schema, shadow]) => [shadow, schema]))
  return ({ on: { schema, name } }: Pick<CreateStep, 'on'>) => {
    const found = live.get(schema ?? '')
    return found === undefined || found === defaultSchema ? { name } : { schema: found, name }
  }
}

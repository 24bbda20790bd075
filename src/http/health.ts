import {
  type BootFinding,
  type BootReport,
  LimbeckError,
  type LockHolder,
  type Outcome,
  type Progress,
} from '../index.ts'

/** Where the schema stands. Null is "not known (yet)", an empty list is "none". */
export interface SchemaHealth {
  readonly state: Progress['state'] | 'ready' | 'failed'
  readonly outcome: Outcome | null
  /** Version rows. */
  readonly current: readonly string[] | null
  /** Heads of this build's revision files. */
  readonly heads: readonly string[] | null
  /** Revisions still to run. */
  readonly pending: number | null
  /** The revision that is running. */
  readonly step: string | null
  readonly progress: {
    readonly position: number
    readonly total: number
    readonly rows: number | null
  } | null
  /** Who migrates instead; told only where `healthDetail` says so. */
  readonly lockHolder: LockHolder | null
  /** When `state` was entered, ISO 8601. */
  readonly since: string
  /** Codes of what the boot has found beside its outcome; absent where that is nothing. */
  readonly findings?: readonly BootFinding['code'][]
}

/** Why the schema is not ready, without statement, URL or password. */
export interface HealthError {
  readonly code: string
  /** In general words, unless `healthDetail` opens the error's own. */
  readonly message: string
  readonly revision: string | null
  /** This and `line` are null unless `healthDetail` says otherwise. */
  readonly file: string | null
  readonly line: number | null
  readonly sqlstate: string | null
}

/** What `GET /health` and `GET /health/ready` answer: 200 when `status` is `ready`, else 503. */
export interface HealthReport {
  readonly status: 'starting' | 'ready' | 'failed'
  readonly schema: SchemaHealth
  readonly error?: HealthError
}

/** The report of one boot, kept up to date by what the boot tells. */
export interface Health {
  report(): HealthReport
  isReady(): boolean
  progressed(progress: Progress): void
  succeeded(report: BootReport): void
  failed(error: unknown): void
  /** Failed, and will be tried again: back to `connecting`, with the reason. */
  delayed(error: unknown): void
  foundHeads(heads: readonly string[]): void
  found(finding: BootFinding): void
}

const unknown = {
  outcome: null,
  current: null,
  heads: null,
  pending: null,
  step: null,
  progress: null,
  lockHolder: null,
} as const

/** Starts at `connecting`; `since` moves only when `state` does. */
export function createHealth(): Health {
  let schema: SchemaHealth = { ...unknown, state: 'connecting', since: new Date().toISOString() }
  let failure: HealthError | undefined
  let delay: HealthError | undefined
  const enter = (next: Partial<SchemaHealth> & Pick<SchemaHealth, 'state'>) => {
    const since = next.state === schema.state ? schema.since : new Date().toISOString()
    schema = { ...unknown, heads: schema.heads, ...next, since }
  }
  return {
    isReady: () => schema.state === 'ready',
    report: () => {
      if (failure) return { status: 'failed', schema, error: failure }
      if (schema.state === 'ready') return { status: 'ready', schema }
      return { status: 'starting', schema, ...(delay ? { error: delay } : {}) }
    },
    progressed: (progress) => {
      if (progress.state !== 'connecting') delay = undefined
      enter(duringBoot(progress))
    },
    succeeded: ({ outcome, to }) => {
      const atHead = outcome !== 'ahead' && outcome !== 'off'
      const known = outcome === 'off' ? {} : { current: to, pending: 0 }
      enter({ state: 'ready', outcome, ...known, ...(atHead ? { heads: to } : {}) })
    },
    failed: (error) => {
      failure = toHealthError(error)
      enter({ state: 'failed', step: failure.revision })
    },
    delayed: (error) => {
      delay = toHealthError(error)
      enter({ state: 'connecting' })
    },
    foundHeads: (heads) => {
      schema = { ...schema, heads }
    },
    found: ({ code }) => {
      schema = { ...schema, findings: [...(schema.findings ?? []), code] }
    },
  }
}

function duringBoot(progress: Progress): Partial<SchemaHealth> & Pick<SchemaHealth, 'state'> {
  const { state } = progress
  if (state === 'waiting') return { state, lockHolder: progress.holder }
  if (state !== 'migrating') return { state }
  const { step, position, total, rows = null } = progress
  return { state, step, pending: total - position + 1, progress: { position, total, rows } }
}

function toHealthError(error: unknown): HealthError {
  if (!(error instanceof LimbeckError))
    return { ...nowhere, code: 'UNEXPECTED', message: 'an unexpected error: see the log' }
  const { revision = null, file = null, line = null, sqlstate = null } = error.details
  return { code: error.code, message: publicMessage(error), revision, file, line, sqlstate }
}

/** What a stranger may learn: states, revisions and codes. Where things are, and under which names, stands in the log. */
export function forStrangers({ schema, error, status }: HealthReport): HealthReport {
  const closed = { ...schema, lockHolder: null }
  if (error === undefined) return { status, schema: closed }
  const { code, revision, sqlstate } = error
  const state = sqlstate === null ? '' : ` (SQLSTATE ${sqlstate})`
  const message =
    revision === null
      ? (sentences[code] ?? 'the schema of this build could not be reached: see the log')
      : `revision ${revision} failed${state}`
  return {
    status,
    schema: closed,
    error: { code, message, revision, file: null, line: null, sqlstate },
  }
}

const sentences: Readonly<Record<string, string>> = {
  LIMBECK_CONNECTION_FAILED: 'PostgreSQL cannot be reached: see the log',
  LIMBECK_AUTHENTICATION_FAILED: 'PostgreSQL refused the login: see the log',
  LIMBECK_DATABASE_MISSING: 'the database does not exist: see the log',
  LIMBECK_PERMISSION_DENIED: 'a right is missing in the database: see the log',
}

const nowhere = { revision: null, file: null, line: null, sqlstate: null } as const

// Everyone who reaches the port reads it. PostgreSQL's and Drizzle's words about a step quote SQL and values:
// those stay in the log.
function publicMessage({ message, details }: LimbeckError): string {
  const { revision, direction = 'run', file, line, sqlstate } = details
  if (revision === undefined) return message.replace(/\w+:\/\/\S+/g, '…')
  const location = file === undefined ? '' : ` at ${file}${line === undefined ? '' : `:${line}`}`
  const state = sqlstate === undefined ? '' : ` (SQLSTATE ${sqlstate})`
  return `${direction} of revision ${revision} failed${location}${state}`
}

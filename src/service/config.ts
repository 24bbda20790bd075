import envSchema from 'env-schema'
import { parseUrl } from '../database/url.ts'
import { LimbeckError } from '../errors.ts'

/** What the service reads from its environment, checked and with defaults filled in. */
export interface ServiceConfig {
  /** undefined: an embedded PostgreSQL is started and kept in `dataDir`. */
  readonly databaseUrl: string | undefined
  readonly migrationDatabaseUrl: string | undefined
  readonly databasePoolMax: number
  readonly migrateMode: 'upgrade' | 'verify' | 'wait' | 'off'
  /** undefined: the package's own `migrations`. */
  readonly migrations: string | undefined
  readonly host: string
  readonly port: number
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly dataDir: string | undefined
  /** 0: a free port, remembered for the next start. */
  readonly embeddedPort: number
  /** How long a stop may take, ms. */
  readonly shutdownTimeoutMs: number
  /** How long `/health/ready` tells of a failed migration before the process exits, ms. */
  readonly failureLinger: number
}

interface Variables {
  readonly DATABASE_URL?: string
  readonly MIGRATION_DATABASE_URL?: string
  readonly DATABASE_POOL_MAX: number
  readonly MIGRATE_MODE: ServiceConfig['migrateMode']
  readonly MIGRATIONS_DIR?: string
  readonly HOST: string
  readonly PORT: number
  readonly LOG_LEVEL: ServiceConfig['logLevel']
  readonly DATA_DIR?: string
  readonly EMBEDDED_PORT: number
  readonly SHUTDOWN_TIMEOUT_MS: number
  readonly FAILURE_LINGER_MS: number
}

const port = { type: 'integer', minimum: 0, maximum: 65_535 }
const milliseconds = { type: 'integer', minimum: 0, maximum: 3_600_000 }
const choice = (...values: readonly string[]) => ({ type: 'string', enum: values })

const properties: Readonly<Record<string, object>> = {
  DATABASE_URL: { type: 'string' },
  MIGRATION_DATABASE_URL: { type: 'string' },
  DATABASE_POOL_MAX: { type: 'integer', minimum: 1, maximum: 1000, default: 10 },
  MIGRATE_MODE: { ...choice('upgrade', 'verify', 'wait', 'off'), default: 'upgrade' },
  MIGRATIONS_DIR: { type: 'string' },
  HOST: { type: 'string', default: '127.0.0.1' },
  PORT: { ...port, default: 3000 },
  LOG_LEVEL: {
    ...choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
  },
  DATA_DIR: { type: 'string' },
  EMBEDDED_PORT: { ...port, default: 0 },
  SHUTDOWN_TIMEOUT_MS: { ...milliseconds, default: 10_000 },
  FAILURE_LINGER_MS: { ...milliseconds, default: 5000 },
}

/** Checks the environment it is given. Throws an Error that names every variable at fault and what is allowed. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ServiceConfig {
  const variables = check(env)
  for (const name of ['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const) {
    const value = variables[name]
    if (value !== undefined) checkUrl(name, value)
  }
  if (variables.MIGRATION_DATABASE_URL !== undefined && variables.DATABASE_URL === undefined)
    throw new Error('MIGRATION_DATABASE_URL is set, DATABASE_URL is not: set both or neither')
  return {
    databaseUrl: variables.DATABASE_URL,
    migrationDatabaseUrl: variables.MIGRATION_DATABASE_URL,
    databasePoolMax: variables.DATABASE_POOL_MAX,
    migrateMode: variables.MIGRATE_MODE,
    migrations: variables.MIGRATIONS_DIR,
    host: variables.HOST,
    port: variables.PORT,
    logLevel: variables.LOG_LEVEL,
    dataDir: variables.DATA_DIR,
    embeddedPort: variables.EMBEDDED_PORT,
    shutdownTimeoutMs: variables.SHUTDOWN_TIMEOUT_MS,
    failureLinger: variables.FAILURE_LINGER_MS,
  }
}

function check(env: Readonly<Record<string, string | undefined>>): Variables {
  // Compose files and CI write an unset variable as an empty one.
  const data = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in properties && value?.trim() !== ''),
  )
  try {
    return envSchema<Variables>({ schema: { type: 'object', properties }, data, env: false })
  } catch (error) {
    const problems = (error as { errors?: readonly Problem[] }).errors
    if (problems === undefined) throw error
    throw new Error(problems.map((problem) => explain(problem, data)).join('; '))
  }
}

/** Of Ajv's error object, what is needed to name the variable and what is allowed. */
interface Problem {
  readonly instancePath: string
  readonly message?: string
  readonly params: { readonly allowedValues?: readonly string[] }
}

function explain(
  { instancePath, message, params }: Problem,
  data: Readonly<Record<string, string | undefined>>,
): string {
  const name = instancePath.slice(1)
  const { minimum, maximum } = properties[name] as { minimum?: number; maximum?: number }
  let allowed = message
  if (params.allowedValues) allowed = `must be one of ${params.allowedValues.join(', ')}`
  else if (maximum !== undefined) allowed = `must be a whole number from ${minimum} to ${maximum}`
  return `${name} ${allowed}; it is "${data[name]}"`
}

// Never shows the value: it holds a password.
function checkUrl(name: string, value: string): void {
  const form = 'write it as postgres://user:password@host:5432/database'
  let endpoints: ReturnType<typeof parseUrl>['endpoints']
  try {
    endpoints = parseUrl(value, name).endpoints
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    throw new Error(`${error.message}: ${form}`)
  }
  // The pool would take a host that is not there for localhost.
  if (endpoints.some((endpoint) => 'host' in endpoint && endpoint.host === undefined))
    throw new Error(`${name} is a URL without a host: ${form}`)
}

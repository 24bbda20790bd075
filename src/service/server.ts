import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { LimbeckError } from 'limbeck'
import { type EmbeddedPostgres, startEmbeddedPostgres } from 'limbeck/embedded'
import { type Logger, pino } from 'pino'
import { buildApp } from './app.ts'
import { readConfig, type ServiceConfig } from './config.ts'

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, failed: 1, misconfigured: 2 } as const

process.exit(await main())

async function main(): Promise<number> {
  let config: ServiceConfig
  try {
    config = readConfig(process.env)
  } catch (error) {
    pino().fatal(error instanceof Error ? error.message : String(error))
    return exitCodes.misconfigured
  }
  const logger = pino({ level: config.logLevel })
  const stopped = listenForSignals(logger)
  try {
    return await run(config, logger, stopped)
  } catch (error) {
    logFailure(logger, error)
    return exitCodes.failed
  }
}

async function run(
  config: ServiceConfig,
  logger: Logger,
  stopped: Promise<Signal>,
): Promise<number> {
  const embedded =
    config.databaseUrl === undefined ? await startEmbedded(config, logger) : undefined
  // However the process ends, its server ends with it.
  process.once('exit', () => embedded?.kill())
  const databaseUrl = embedded?.url ?? config.databaseUrl ?? ''
  const app = await buildApp({ ...config, databaseUrl, logger })
  try {
    await app.listen({ host: config.host, port: config.port })
    return await serve(app, { config, logger, stopped })
  } finally {
    await close(app, { embedded, config, logger })
  }
}

/** Without DATABASE_URL. Which variables say otherwise is known here alone. */
async function startEmbedded(
  { dataDir, embeddedPort: port }: ServiceConfig,
  logger: Logger,
): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ dataDir, port, database: 'catalogue', logger })
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    const variables =
      'DATA_DIR and EMBEDDED_PORT choose another folder and port, DATABASE_URL another server'
    throw new LimbeckError(error.code, `${error.message}: ${variables}`, error.details)
  }
}

/** Serves until a signal comes; the exit code says whether the database was ready by then. */
async function serve(
  app: FastifyInstance,
  { config, logger, stopped }: { config: ServiceConfig; logger: Logger; stopped: Promise<Signal> },
): Promise<number> {
  try {
    const first = await Promise.race([app.limbeck.ready, stopped])
    if (typeof first === 'string') return exitCodes[first]
    logger.info({ outcome: first.outcome, revision: first.to }, 'serving')
    await stopped
    return 0
  } catch (error) {
    logFailure(logger, error)
    // Probes and people get the time to read the reason from /health/ready.
    await Promise.race([delay(config.failureLinger), stopped])
    return exitCodes.failed
  }
}

async function close(
  app: FastifyInstance,
  {
    embedded,
    config,
    logger,
  }: { embedded: EmbeddedPostgres | undefined; config: ServiceConfig; logger: Logger },
): Promise<void> {
  const closing = app.close().then(() => embedded?.stop())
  const late = delay(config.shutdownTimeoutMs).then(() => 'late' as const)
  if ((await Promise.race([closing, late])) === 'late')
    logger.error({ shutdownTimeoutMs: config.shutdownTimeoutMs }, 'closing takes too long: leaving')
  else logger.info('closed')
}

// initDb() has logged its own failure with every fact: here it is only why the process ends.
function logFailure(logger: Logger, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const facts = error instanceof LimbeckError ? { code: error.code } : { err: error }
  logger.fatal({ ...facts, ...adoptCommand(error) }, `cannot serve: ${message}`)
}

/** The command as it is typed here: Limbeck itself cannot know of this package's scripts. */
function adoptCommand(error: unknown): { readonly run?: string } {
  if (!(error instanceof LimbeckError) || error.code !== 'LIMBECK_LEGACY_DATABASE') return {}
  return { run: `npm run stamp -- ${error.details.revision}` }
}

/** Resolves at the first signal; the second leaves at once. */
function listenForSignals(logger: Logger): Promise<Signal> {
  return new Promise((resolve) => {
    let signals = 0
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        signals += 1
        if (signals > 1) process.exit(exitCodes[signal])
        logger.info({ signal }, 'closing')
        resolve(signal)
      })
  })
}

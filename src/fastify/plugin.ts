import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { type BootOptions, type BootReport, createMigrator, type Migrator } from '../index.ts'
import { bootInBackground } from './boot.ts'
import { addGate } from './gate.ts'
import { addHealthRoutes, createHealth, type HealthReport } from './health.ts'

export type { HealthError, HealthReport, SchemaHealth } from './health.ts'

/** `initDb()`'s options and how to answer meanwhile. `logger` defaults to the app's own. */
export interface LimbeckPluginOptions extends BootOptions {
  /** false serves at once: for apps that `await initDb()` before `listen()`. Default: true. */
  readonly gate?: boolean | undefined
  /** Default: `/health`. */
  readonly healthPath?: string | undefined
  /** What `Retry-After` says, seconds. Default: 5. */
  readonly retryAfterSeconds?: number | undefined
}

/** What the app is decorated with. */
export interface LimbeckDecoration {
  readonly migrator: Migrator
  /** `initDb()`'s report; rejects with its LimbeckError. A process that cannot serve should exit on it. */
  readonly ready: Promise<BootReport>
  /** What `GET /health` answers. */
  status(): HealthReport
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly limbeck: LimbeckDecoration
  }
  interface FastifyContextConfig {
    /** `open`: the route answers while the database is being migrated. */
    readonly limbeck?: 'open'
  }
}

async function limbeck(app: FastifyInstance, options: LimbeckPluginOptions): Promise<void> {
  const { gate = true, healthPath = '/health', retryAfterSeconds = 5, ...given } = options
  const settings = { ...given, logger: given.logger ?? app.log }
  const migrator = createMigrator(settings)
  const health = createHealth()
  const stop = new AbortController()
  const ready = bootInBackground(settings, { health, migrator, stop: stop.signal })
  app.decorate('limbeck', { migrator, ready, status: health.report })
  if (gate) addGate(app, health, retryAfterSeconds)
  addHealthRoutes(app, health, { path: healthPath, retryAfter: retryAfterSeconds })
  app.addHook('preClose', async () => stop.abort())
  app.addHook('onClose', async () => {
    await Promise.allSettled([ready])
    await migrator.close()
  })
}

export default fp(limbeck, { name: 'limbeck', fastify: '5.x' })

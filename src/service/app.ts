import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import limbeck from 'limbeck/fastify'
import config from '../../limbeck.config.ts'
import { openDatabase } from './database.ts'
import { addErrorHandler } from './http-errors.ts'
import { addDataProductRoutes } from './routes/data-products.ts'
import { addRoleRoutes } from './routes/roles.ts'
import { addSubscriptionRoutes } from './routes/subscriptions.ts'
import { addTeamRoutes } from './routes/teams.ts'

/** What the service is built from. */
export interface AppOptions {
  readonly databaseUrl: string
  readonly migrationDatabaseUrl?: string | undefined
  readonly migrateMode: 'upgrade' | 'verify' | 'wait' | 'off'
  readonly databasePoolMax: number
  readonly logger: FastifyBaseLogger
  /** Default: what the configuration says. */
  readonly migrations?: string | undefined
}

const { version } = createRequire(import.meta.url)('limbeck/package.json') as { version: string }

/** The data-product catalogue, not yet listening; the migration has begun when it returns. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { databaseUrl: url, logger } = options
  const app = Fastify({
    loggerInstance: logger,
    // A misspelt field is an error of the caller's, not a field to drop in silence.
    ajv: { customOptions: { removeAdditional: false } },
  })
  addErrorHandler(app)
  await app.register(swagger, {
    openapi: { info: { title: 'Data-product catalogue', version } },
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  await app.register(limbeck, {
    ...config,
    url,
    migrationUrl: options.migrationDatabaseUrl,
    migrations: options.migrations ?? config.migrations,
    mode: options.migrateMode,
    applicationVersion: version,
  })
  const database = openDatabase(url, options.databasePoolMax, logger)
  app.addHook('onClose', () => database.close())
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
  addDataProductRoutes(app, database.db)
  addSubscriptionRoutes(app, database.db)
  addTeamRoutes(app, database.db)
  addRoleRoutes(app, database.db)
  return app
}

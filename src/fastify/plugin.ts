import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Gate, type GateOptions, type HealthDetail, startBoot } from '../http/gate.ts'
import { addGate, addHealthRoutes } from './routes.ts'

export type { HealthError, HealthReport, SchemaHealth } from '../http/health.ts'

/** `initDb()`'s options and how to answer meanwhile. `logger` defaults to the app's own. */
export interface LimbeckPluginOptions extends Omit<GateOptions, 'healthDetail'> {
  /** Who learns from health where things are. Default: nobody. */
  readonly healthDetail?: HealthDetail<FastifyRequest> | undefined
}

/** What the app is decorated with. */
export type LimbeckDecoration = Pick<Gate, 'migrator' | 'ready' | 'status'>

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
  const boot = startBoot({ ...options, logger: options.logger ?? app.log }, () => app.close())
  const { gate, state, migrator, ready, status } = boot
  app.decorate('limbeck', { migrator, ready, status })
  if (gate) addGate(app, state)
  addHealthRoutes(app, state, options.healthPath ?? '/health')
  app.addHook('preClose', async () => boot.stop())
  app.addHook('onClose', () => boot.close())
}

export default fp(limbeck, { name: 'limbeck', fastify: '5.x' })

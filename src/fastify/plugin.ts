import type { FastifyInstance, FastifyRequest, RegisterOptions } from 'fastify'
import fp from 'fastify-plugin'
import { checkOptions } from '../config/check-options.ts'
import { pluginTable as table } from '../config/option-table.ts'
import { healthPathOf } from '../http/front.ts'
import { type Gate, type GateOptions, type HealthDetail, startBoot } from '../http/gate.ts'
import type { GateState } from '../http/gate-state.ts'
import { LimbeckError } from '../index.ts'
import { addGate, addHealthRoutes } from './routes.ts'

export type { HealthError, HealthReport, SchemaHealth } from '../http/health.ts'

/** `initDb()`'s options and how to answer meanwhile. `logger` defaults to the app's own. */
export interface LimbeckPluginOptions extends Omit<GateOptions, 'healthDetail'> {
  /** Who learns from health where things are. Default: no request. */
  readonly healthDetail?: HealthDetail<FastifyRequest> | undefined
  /**
   * Of a further database of the app: `app.<name>` takes the place of `app.limbeck`, and `/health/<name>` of `/health`. The app
   * serves when all are ready. Default: `limbeck`.
   */
  readonly name?: string | undefined
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

/** The gates of each server, in whichever scope of the app they were registered. */
const gates = new WeakMap<object, GateState[]>()

async function limbeck(app: FastifyInstance, options: LimbeckPluginOptions): Promise<void> {
  const { name = table.name.usual, ...settings } = ownOptions(options)
  requireFree(app, name)
  const boot = startBoot({ ...settings, logger: options.logger ?? app.log }, () => app.close())
  const { gate, state, migrator, ready, status } = boot
  const all = gates.get(app.server) ?? []
  gates.set(app.server, all)
  all.push(state)
  app.decorate(name, { migrator, ready, status })
  if (gate) addGate(app, state)
  const { usual } = table.healthPath
  const path = healthPathOf(
    options.healthPath ?? (name === table.name.usual ? usual : `${usual}/${name}`),
  )
  addHealthRoutes(app, state, { path, all })
  app.addHook('preClose', async () => boot.stop())
  app.addHook('onClose', () => boot.close())
}

/** Without what `register()` itself may be given beside a plugin's options. */
function ownOptions(options: LimbeckPluginOptions & RegisterOptions): LimbeckPluginOptions {
  const { prefix: _, logLevel: __, logSerializers: ___, ...own } = options
  checkOptions(own)
  return own
}

function requireFree(app: FastifyInstance, name: string): void {
  const hint = "Give the further database a name of its own, such as name: 'billing'."
  if (Object.hasOwn(app, name))
    throw new LimbeckError('LIMBECK_INVALID_OPTION', `the app has "${name}" already`, { hint })
  if (!/^[A-Za-z_]\w*$/.test(name) || name === 'ready' || name === 'live')
    throw new LimbeckError('LIMBECK_INVALID_OPTION', `option name cannot be "${name}"`, { hint })
}

export default fp(limbeck, { name: 'limbeck', fastify: '5.x' })

import type { IncomingMessage } from 'node:http'
import { exit } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { checkOptions } from '../config/check-options.ts'
import { pluginTable as table } from '../config/option-table.ts'
import {
  type BootOptions,
  type BootReport,
  createMigrator,
  LimbeckError,
  type Migrator,
} from '../index.ts'
import { bootInBackground } from './boot.ts'
import { type Door, type Front, frontOf, healthPathOf } from './front.ts'
import type { GateState } from './gate-state.ts'
import { createHealth, type HealthReport } from './health.ts'

/** `initDb()`'s options and how to answer meanwhile. */
export interface GateOptions extends BootOptions {
  /** false serves at once, health apart: for apps that `await initDb()` before they listen. Default: true. */
  readonly gate?: boolean | undefined
  /** Default: `/health`. */
  readonly healthPath?: string | undefined
  /**
   * Who learns from health where things are: hosts, roles, files, the error's own words. `full` is everybody who reaches
   * the port. Default: no request; states, revisions and codes are for all.
   */
  readonly healthDetail?: HealthDetail<Request | IncomingMessage> | undefined
  /** What `Retry-After` says, seconds. Default: 5. */
  readonly retryAfterSeconds?: number | undefined
  /** What `await initDb()` returned: it is taken instead of booting again. Default: none, the gate boots. */
  readonly report?: BootReport | undefined
  /**
   * What becomes of a boot that has failed for good, besides the log: `stay` turns `<healthPath>/live` red, `close` closes the
   * host as well, `exit` ends the process with 1. A server that cannot be reached is tried again. Default: `stay`.
   */
  readonly onFailure?: 'exit' | 'close' | 'stay' | undefined
}

/** `full`, or whether a request may have health in full. */
export type HealthDetail<R> = 'full' | ((request: R) => boolean)

/** A boot under way, and how to answer requests while it is. */
export interface Gate extends Front {
  readonly migrator: Migrator
  /**
   * The report of the first `initDb()`; rejects with its LimbeckError. It need not be awaited: where the server could not be
   * reached it is tried again behind it, and `status()` tells how that goes.
   */
  readonly ready: Promise<BootReport>
  /** What `GET /health` answers. */
  status(): HealthReport
  /** Stops a boot that is under way, and closes the migrator. */
  close(): Promise<void>
}

const doorOf = new WeakMap<Gate, Door>()

/** Begins to boot, and answers for it. Nothing needs to await `ready`: a failure shows in `status()`. */
export function startGate(options: GateOptions): Gate {
  const { gate, state, stop: _, ...boot } = startBoot(options)
  const door = {
    gate,
    state,
    healthPath: healthPathOf(options.healthPath ?? table.healthPath.usual),
  }
  const started = { ...boot, ...frontOf([door]) }
  doorOf.set(started, door)
  return started
}

/**
 * The gates of several databases in front of one application: it serves when all are ready. Each has its own `healthPath`,
 * which answers for its database; `ready` and `live` below any of them answer for the process.
 */
export function joinGates(...gates: readonly Gate[]): Front & Pick<Gate, 'close'> {
  const doors = gates.flatMap((gate) => doorOf.get(gate) ?? [])
  const paths = doors.map(({ healthPath }) => healthPath)
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined)
    throw new LimbeckError('LIMBECK_INVALID_OPTION', `two gates answer at ${twice}`, {
      hint: "Give each gate a healthPath of its own, such as '/health/billing'.",
    })
  return {
    ...frontOf(doors),
    close: async () => {
      await Promise.all(gates.map((gate) => gate.close()))
    },
  }
}

/** A boot under way, without any way to answer requests. */
export interface Boot extends Pick<Gate, 'migrator' | 'ready' | 'status' | 'close'> {
  readonly gate: boolean
  readonly state: GateState
  /** Stops a boot that is under way, without waiting for it. */
  stop(): void
}

/** Begins to boot. What `limbeck/fastify` builds upon too. */
export function startBoot<R>(
  options: Omit<GateOptions, 'healthDetail'> & {
    readonly healthDetail?: HealthDetail<R> | undefined
  },
  closeHost?: () => Promise<void>,
): Boot {
  checkOptions(options)
  const {
    gate = table.gate.usual,
    healthPath: _,
    retryAfterSeconds = table.retryAfterSeconds.usual,
    report,
    healthDetail,
    onFailure = table.onFailure.usual,
    ...settings
  } = options
  const migrator = createMigrator(settings)
  const health = createHealth()
  const stop = new AbortController()
  const close = async (): Promise<void> => {
    stop.abort()
    await over
    await migrator.close()
  }
  const onFailed = (): void => {
    if (onFailure === 'stay') return
    const closing = (closeHost ?? close)().catch(() => {})
    // What is under way gets a moment: it cannot be served anyway.
    if (onFailure === 'exit') void Promise.race([closing, setTimeout(2000)]).then(() => exit(1))
  }
  const signal = settings.signal ? AbortSignal.any([settings.signal, stop.signal]) : stop.signal
  const { ready, over } = bootInBackground({ ...settings, signal }, migrator, health, {
    report,
    onFailed,
  })
  return {
    gate,
    state: { health, retryAfter: retryAfterSeconds, isTrusted: trusts(healthDetail) },
    migrator,
    ready,
    status: health.report,
    stop: () => stop.abort(),
    close,
  }
}

/** Who cannot be told from a stranger is one. */
function trusts<R>(detail: HealthDetail<R> | undefined): (request: unknown) => boolean {
  if (typeof detail !== 'function') return () => detail === 'full'
  return (request) => {
    try {
      return detail(request as R) === true
    } catch {
      return false
    }
  }
}

import type { BootOptions } from '../config/options.ts'
import { learnArrayTypes } from '../database/array-types.ts'
import { isAtHead, requireOneHead } from '../session/classify.ts'
import {
  type Environment,
  hasCode,
  loadEnvironment,
  requireRevisions,
} from '../session/load-revisions.ts'
import type { Session } from '../session/session.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { type Ahead, decide, decideLocked } from './decide.ts'

/** Reads the files, compares, and does what is to be done. */
export async function bootBehind(
  session: Session,
  options: BootOptions,
  bootConfig: BootConfig,
): Promise<Booted> {
  const environment = await ready(session, options)
  return atHead(session, environment) ?? (await decide(session, environment, bootConfig))
}

/** The same under the lock; a database that is ahead is left to the caller. */
export async function bootBehindLocked(
  session: Session,
  options: BootOptions,
  bootConfig: BootConfig,
): Promise<Booted | Ahead> {
  const environment = await ready(session, options)
  return atHead(session, environment) ?? (await decideLocked(session, environment, bootConfig))
}

async function ready({ connection, state }: Session, options: BootOptions): Promise<Environment> {
  const environment = await loadEnvironment(options)
  requireRevisions(environment)
  requireOneHead(environment.map)
  // What code wants of a connection is nothing for a boot that finds the database at head.
  if (hasCode(environment) && !isAtHead(environment.map, state)) await learnArrayTypes(connection)
  return environment
}

function atHead({ state }: Session, { map }: Environment): Booted | null {
  const rows = state.rows ?? []
  return isAtHead(map, state)
    ? { outcome: 'current', from: rows, to: rows, applied: [], waitedMs: 0 }
    : null
}

import type { BootConfig } from './boot-config.ts'
import type { Booted } from './booted.ts'
import { isAtHead, requireOneHead } from './classify.ts'
import { decide } from './decide.ts'
import { hasCode, loadEnvironment, requireRevisions } from './environment.ts'
import type { BootOptions } from './options.ts'
import { type Session, withSession } from './session.ts'

/**
 * The boot of a database of which it is not known that it is at head: reads the files, compares, and does what is to
 * be done. Where there is code to run it returns the rest of the boot, for when this session is closed.
 */
export async function bootBehind(
  session: Session,
  options: BootOptions,
  bootConfig: BootConfig,
): Promise<Booted | (() => Promise<Booted>)> {
  const environment = await loadEnvironment(options)
  requireRevisions(environment)
  requireOneHead(environment.map)
  const rows = session.state.rows ?? []
  if (isAtHead(environment.map, session.state))
    return { outcome: 'current', from: rows, to: rows, applied: [], waitedMs: 0 }
  if (!hasCode(environment)) return await decide(session, environment, bootConfig)
  // What code wants of a connection is nothing for a boot that finds the database at head.
  return () =>
    withSession(environment.config, (another) => decide(another, environment, bootConfig), {
      fetchTypes: true,
    })
}

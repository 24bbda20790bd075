import { readVersionState } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { loadSchema } from '../models/load-models.ts'
import { createDatabase } from '../run/create-database.ts'
import { type Prepare, rowsNow, upgradeTo } from '../run/run-plan.ts'
import { type DatabaseState, isAtHead } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import type { Environment } from '../session/load-revisions.ts'
import { type Found, findState } from '../session/read-database-state.ts'
import { type Session, underLock } from '../session/session.ts'
import { acceptAhead } from './accept-ahead.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'
import { waitUntilMigrated } from './wait-until-migrated.ts'
import { waitWhileAhead } from './wait-while-ahead.ts'

/**
 * Finds out what state the database is in and acts on it: inside the lock, but for what needs none because it
 * changes nothing (`verify`, `wait`, and a database that is ahead).
 */
export async function decide(
  session: Session,
  environment: Environment,
  config: BootConfig,
): Promise<Booted> {
  // Rows that these files know say enough: what is to be done is found out inside the lock.
  if (config.mode === 'upgrade' && areKnown(environment, session.state))
    return await migrate(session, environment, config, session.state.rows ?? [])
  const outside = await findState(session, environment)
  if (outside.state.is === 'ahead')
    return await onAhead(session, environment, config, { ...outside.state, rows: outside.rows })
  if (config.mode === 'verify') return verify(outside)
  if (config.mode === 'wait')
    return (
      (await waitUntilMigrated(session, environment)) ??
      (await decide(session, environment, config))
    )
  return await migrate(session, environment, config, outside.rows)
}

async function onAhead(
  session: Session,
  environment: Environment,
  { ahead, ...config }: BootConfig,
  found: { readonly unknown: readonly string[]; readonly rows: readonly string[] },
): Promise<Booted> {
  if (ahead !== 'wait') return await acceptAhead(session, environment, { ahead, ...found })
  await waitWhileAhead(session, environment)
  return await decide(session, environment, { ahead, ...config })
}

function areKnown({ map }: Environment, { rows, interrupted }: Session['state']): boolean {
  const named = [...(rows ?? []), ...(interrupted ? [interrupted.revision] : [])]
  return named.every((id) => map.nodes.has(id))
}

/** Takes the lock, decides again and acts; or finds that a peer has done it. */
async function migrate(
  session: Session,
  environment: Environment,
  config: BootConfig,
  from: readonly string[],
): Promise<Booted> {
  const peerIsDone = async () =>
    isAtHead(environment.map, await readVersionState(session.connection, environment.config.tables))
  const { result, waitedMs } = await underLock(session, peerIsDone, () =>
    decideLocked(session, environment, config),
  )
  if (result && 'is' in result) return await onAhead(session, environment, config, result)
  if (result) return { ...result, waitedMs }
  const to = await rowsNow(session)
  return { outcome: 'waited', from, to, applied: [], waitedMs }
}

/** A database that these files do not know all of. */
export type Ahead = Extract<DatabaseState, { readonly is: 'ahead' }> & {
  readonly rows: readonly string[]
}

/**
 * Decides inside the lock, and acts. What is ahead is returned as it is: whatever is done about it needs no lock, and
 * the downgrade that is waited for does.
 */
export async function decideLocked(
  session: Session,
  environment: Environment,
  config: BootConfig,
): Promise<Booted | Ahead> {
  const { state, ...found } = await findState(session, environment)
  if (state.is === 'ahead') return { ...state, rows: found.rows }
  return { ...(await act(session, environment, config, { ...found, state })), waitedMs: 0 }
}

/** A database that is this build's to migrate. */
export interface Ours extends Found {
  readonly state: Exclude<DatabaseState, { readonly is: 'ahead' }>
}

/** Does what the state asks for. To be called under the lock. */
export async function act(
  session: Session,
  environment: Environment,
  config: Pick<BootConfig, 'fresh' | 'legacy'>,
  { state, rows, survey }: Ours,
  { target = 'heads', prepare }: { readonly target?: string; readonly prepare?: Prepare } = {},
): Promise<Omit<Booted, 'waitedMs'>> {
  const { models, casing } = environment.config
  switch (state.is) {
    case 'legacy': {
      if (config.legacy === 'refuse') throw legacyDatabase(environment, state.tables)
      const { adoptDatabase } = await import('./adopt-database.ts')
      const { to, applied } = await adoptDatabase(session, environment)
      const ids = applied.map(({ revision }) => revision)
      return { outcome: 'adopted', from: rows, to, applied: ids }
    }
    case 'current':
      // Somebody else has done it since the first look.
      return { outcome: 'waited', from: rows, to: rows, applied: [] }
    case 'fresh':
      if (config.fresh === 'create' && models !== undefined) {
        const schema = await loadSchema(models, casing)
        const applied = await createDatabase(session, environment, schema, survey.inspection)
        return {
          outcome: 'created',
          from: rows,
          to: environment.map.effectiveHeads.toSorted(),
          applied,
        }
      }
      break
    case 'behind':
    case 'interrupted':
  }
  const ran = await upgradeTo(session, environment, target, survey, prepare)
  const { from, to, applied, resumed } = ran
  const outcome = state.is === 'fresh' ? 'created' : resumed ? 'resumed' : 'upgraded'
  return { outcome, from, to, applied: applied.map(({ revision }) => revision) }
}

function verify({ state, rows }: Found): Booted {
  if (state.is === 'current')
    return { outcome: 'current', from: rows, to: rows, applied: [], waitedMs: 0 }
  const pending = state.is === 'behind' ? state.pending : []
  const what =
    state.is === 'behind'
      ? `${pending.length} revisions are pending: ${pending.join(', ')}`
      : `it is ${state.is}`
  throw new LimbeckError('LIMBECK_NOT_AT_HEAD', `the database is not at head: ${what}`, {
    revisions: pending,
    hint: 'Migrate first: `npx limbeck upgrade heads` (or boot with mode upgrade).',
  })
}

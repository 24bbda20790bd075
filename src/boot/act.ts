import { ownStates } from '../database/own-states.ts'
import { LimbeckError } from '../errors.ts'
import { appliedSet } from '../revision/rows.ts'
import { adoptRecorded } from '../run/adopt-ledger.ts'
import type { Prepare } from '../run/prepare-checked.ts'
import { upgradeTo } from '../run/run-plan.ts'
import { hasForeignFiles, type Revisions } from '../script/revisions.ts'
import type { Ahead, DatabaseState, Diverged } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState, type StateAndFacts } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'

/** A database that is this build's to migrate. */
export interface Ours extends StateAndFacts {
  readonly state: Exclude<DatabaseState, Ahead | Diverged>
}

/** Does what the state asks for. To be called under the lock. */
export async function act(...args: Parameters<typeof actOnce>): ReturnType<typeof actOnce> {
  const [session, revisions, config, found, options] = args
  try {
    return await actOnce(...args)
  } catch (error) {
    if (!isLedgerConflict(error)) throw error
    // A build that still uses the other tool has run the same migration meanwhile: the ledger says how far it came.
    const again = await readDatabaseState(session, revisions)
    if (again.state.is !== 'recorded') throw error
    const rest = await act(session, revisions, config, { ...again, state: again.state }, options)
    const applied = [...(error.details.applied ?? []), ...rest.applied]
    return { ...rest, outcome: 'adopted', from: found.rows, applied }
  }
}

const isLedgerConflict = (error: unknown): error is LimbeckError =>
  error instanceof LimbeckError && error.details.sqlstate === ownStates.ledgerConflict

async function actOnce(
  session: Session,
  revisions: Revisions,
  config: Pick<BootConfig, 'legacy'>,
  { state, rows, facts: seen }: Ours,
  {
    target = 'heads',
    prepare,
  }: { readonly target?: string; readonly prepare?: Prepare | undefined } = {},
): Promise<Omit<Booted, 'waitedMs'>> {
  const { models, fresh } = session.config
  switch (state.is) {
    case 'legacy': {
      if (config.legacy === 'refuse') throw legacyDatabase(session.config, revisions, state.tables)
      const { adoptDatabase } = await import('./adopt-database.ts')
      const { to, applied, stamped } = await adoptDatabase(session, revisions)
      const ids = applied.map(({ revision }) => revision)
      return { outcome: 'adopted', from: rows, to, applied: ids, stamped }
    }
    case 'recorded': {
      const facts = await adoptRecorded(session, revisions, { state, rows, facts: seen })
      const { to, applied } = await upgradeTo(session, revisions, target, facts, prepare)
      const ids = applied.map(({ revision }) => revision)
      const stamped = [...appliedSet(revisions.map, facts.rows ?? [])]
      return { outcome: 'adopted', from: rows, to, applied: ids, stamped }
    }
    case 'current':
      return {
        outcome: isMoved(session, rows) ? 'waited' : 'current',
        from: rows,
        to: rows,
        applied: [],
        stamped: [],
      }
    case 'fresh':
      // What drizzle-kit's custom migrations make is in no model.
      if (fresh === 'create' && models !== undefined && !hasForeignFiles(revisions)) {
        const { buildFresh } = await import('./build-fresh.ts')
        const built = await buildFresh(session, revisions, seen, prepare)
        return { outcome: 'created', from: rows, ...built }
      }
      break
    case 'behind':
    case 'interrupted':
  }
  const ran = await upgradeTo(session, revisions, target, seen, prepare)
  const { from, to, applied, resumed } = ran
  const went = resumed ? 'resumed' : 'upgraded'
  const outcome = state.is === 'fresh' ? 'created' : went
  return { outcome, from, to, applied: applied.map(({ revision }) => revision), stamped: [] }
}

/** Whether a peer has done something since the first query. */
function isMoved({ state }: Session, rows: readonly string[]): boolean {
  return state.interrupted !== null || (state.rows !== null && state.rows.join() !== rows.join())
}

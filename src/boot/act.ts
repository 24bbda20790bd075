import { loadSchema } from '../models/load-models.ts'
import { createDatabase } from '../run/create-database.ts'
import { type Prepare, upgradeTo } from '../run/run-plan.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Ahead, DatabaseState, Diverged } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import type { Found } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'
import type { BootConfig } from './boot-config.ts'
import type { Booted } from './boot-report.ts'

/** A database that is this build's to migrate. */
export interface Ours extends Found {
  readonly state: Exclude<DatabaseState, Ahead | Diverged>
}

/** Does what the state asks for. To be called under the lock. */
export async function act(
  session: Session,
  revisions: Revisions,
  config: Pick<BootConfig, 'fresh' | 'legacy'>,
  { state, rows, survey }: Ours,
  { target = 'heads', prepare }: { readonly target?: string; readonly prepare?: Prepare } = {},
): Promise<Omit<Booted, 'waitedMs'>> {
  const { models, casing } = session.config
  switch (state.is) {
    case 'legacy': {
      if (config.legacy === 'refuse') throw legacyDatabase(session.config, revisions, state.tables)
      const { adoptDatabase } = await import('./adopt-database.ts')
      const { to, applied } = await adoptDatabase(session, revisions)
      const ids = applied.map(({ revision }) => revision)
      return { outcome: 'adopted', from: rows, to, applied: ids }
    }
    case 'current':
      return {
        outcome: isMoved(session, rows) ? 'waited' : 'current',
        from: rows,
        to: rows,
        applied: [],
      }
    case 'fresh':
      if (config.fresh === 'create' && models !== undefined) {
        const schema = await loadSchema(models, casing)
        const applied = await createDatabase(session, revisions, schema, survey.inspection)
        return {
          outcome: 'created',
          from: rows,
          to: revisions.map.effectiveHeads.toSorted(),
          applied,
        }
      }
      break
    case 'behind':
    case 'interrupted':
  }
  const ran = await upgradeTo(session, revisions, target, survey, prepare)
  const { from, to, applied, resumed } = ran
  const outcome = state.is === 'fresh' ? 'created' : resumed ? 'resumed' : 'upgraded'
  return { outcome, from, to, applied: applied.map(({ revision }) => revision) }
}

/** Whether a peer has done something since the first look. */
function isMoved({ state }: Session, rows: readonly string[]): boolean {
  return state.interrupted !== null || (state.rows !== null && state.rows.join() !== rows.join())
}

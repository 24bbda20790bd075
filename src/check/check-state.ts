import type { Row } from '../database/connection.ts'
import { revokeCommand, type Writer, writersQuery } from '../database/own-tables.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { divergedError } from '../session/ahead-errors.ts'
import type { DatabaseState } from '../session/classify.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'

/** Where the database stands, as findings; `isComparable` where it shows what the files say. */
export interface CheckedState {
  readonly findings: readonly Finding[]
  readonly isComparable: boolean
}

/** Whether the database is where the revision files end. Rows that no file knows are for checkFiles() to tell. */
export async function checkState(session: Session, revisions: Revisions): Promise<CheckedState> {
  const state = await readDatabaseState(session, revisions).then(
    (found) => found.state,
    (error: unknown) => {
      if (error instanceof LimbeckError && error.code === 'LIMBECK_NO_SUCH_REVISION') return null
      throw error
    },
  )
  const isUnwritten = revisions.scripts.size === 0
  if (state === null || state.is === 'ahead') return { findings: [], isComparable: false }
  if (isUnwritten && state.is === 'legacy')
    return { findings: [unversioned(session, state.tables)], isComparable: true }
  if (state.is === 'current' || isUnwritten) return { findings: [], isComparable: true }
  return { findings: [findingOf(state, session, revisions)], isComparable: false }
}

/** Nothing is wrong with it yet, and nothing of it is under migrations. */
function unversioned({ config }: Session, tables: readonly string[]): Finding {
  return {
    code: 'unversioned-database',
    severity: 'warning',
    message: `schema ${config.schema} has ${tables.length} table(s), no version row, and there is no revision yet`,
    hint: 'Write them as the first revision: `npx limbeck revision --from-database -m "as it is"`; then tell the database that it has it: `npx limbeck stamp head`.',
  }
}

/** Tables of Limbeck's that others may write to: their rows decide what a boot does and which SQL a downgrade runs. */
export async function checkRights({ connection, config }: Session): Promise<readonly Finding[]> {
  const writers = await connection.ask<Writer & Row>(writersQuery(config.tables))
  return writers.map((writer) => ({
    code: 'writable-by-others',
    severity: 'warning',
    message: `table ${config.tables.schema}.${writer.table} can be written to by ${writer.grantee}`,
    hint: `Close it: ${revokeCommand(config.tables, writer)}`,
  }))
}

type Unfinished = Exclude<DatabaseState, { readonly is: 'current' | 'ahead' }>

function findingOf(state: Unfinished, { config }: Session, revisions: Revisions): Finding {
  const notCompared = 'the models were not compared with it'
  switch (state.is) {
    case 'fresh':
      return {
        code: 'fresh-database',
        severity: 'skipped',
        message: `the database is empty: ${notCompared}`,
        hint: 'Bring it to head first: `npx limbeck upgrade`.',
      }
    case 'diverged': {
      const { message, details } = divergedError(config, state)
      return {
        code: 'diverged',
        severity: 'error',
        message: `${message}; ${notCompared}`,
        hint: details.hint ?? 'Deploy a build that has all of them.',
      }
    }
    case 'behind': {
      const { pending } = state
      const shown =
        pending.length > 10 ? `${pending.slice(0, 10).join(', ')} …` : pending.join(', ')
      const count = pending.length === 1 ? '1 revision is' : `${pending.length} revisions are`
      return {
        code: 'behind',
        severity: 'error',
        message: `${count} pending: ${shown}; ${notCompared}`,
        hint: 'Run what is pending: `npx limbeck upgrade`.',
      }
    }
    case 'interrupted':
      return {
        code: 'interrupted',
        severity: 'error',
        message: `revision ${state.step.revision} was interrupted; ${notCompared}`,
        hint: 'Finish it: `npx limbeck upgrade`.',
        revision: state.step.revision,
      }
    case 'recorded':
      return {
        code: 'recorded',
        severity: 'error',
        message: `${state.ledger} says that the database is at ${state.to.join(', ')}, and no version row does; ${notCompared}`,
        hint: 'Take it over: `npx limbeck upgrade`.',
      }
    case 'legacy': {
      const { message, details } = legacyDatabase(config, revisions, state.tables)
      const { hint = '' } = details
      return {
        code: 'legacy-database',
        severity: 'error',
        message: `${message.replace(/\. Nothing was changed\.$/, '')}; ${notCompared}`,
        hint,
      }
    }
  }
}

import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import { divergedError } from '../session/ahead-errors.ts'
import { legacyDatabase } from '../session/legacy-error.ts'
import { readDatabaseState } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'

/**
 * A revision is made of what the models have and the head has not: the database must show the head. An empty one
 * does when there is no revision yet. Throws LIMBECK_NOT_AT_HEAD, LIMBECK_LEGACY_DATABASE, LIMBECK_DATABASE_AHEAD.
 */
export async function requireComparable(session: Session, revisions: Revisions): Promise<void> {
  const { state } = await readDatabaseState(session, revisions)
  const hasRevisions = revisions.scripts.size > 0
  switch (state.is) {
    case 'current':
      return
    case 'fresh':
      if (!hasRevisions) return
      throw notAtHead('it is empty')
    case 'behind':
      throw notAtHead(`pending: ${state.pending.join(', ')}`, state.pending)
    case 'interrupted':
      throw notAtHead(`revision ${state.step.revision} was interrupted`, [state.step.revision])
    case 'legacy':
      throw hasRevisions
        ? legacyDatabase(session.config, revisions, state.tables)
        : unversioned(state.tables)
    case 'diverged':
      throw divergedError(session.config, state)
    case 'ahead':
      throw new LimbeckError(
        'LIMBECK_DATABASE_AHEAD',
        `the database is ahead of these revision files: ${state.unknown.join(', ')} is unknown here`,
        { revisions: state.unknown, hint: 'Get the newer files first: git pull.' },
      )
  }
}

function notAtHead(fact: string, revisions: readonly string[] = []): LimbeckError {
  return new LimbeckError('LIMBECK_NOT_AT_HEAD', `the database is not at head: ${fact}`, {
    revisions,
    hint: 'Bring it there first: `npx limbeck upgrade`. To see how models and database differ: `npx limbeck diff`.',
  })
}

function unversioned(tables: readonly string[]): LimbeckError {
  return new LimbeckError(
    'LIMBECK_LEGACY_DATABASE',
    `the database has ${tables.length} table(s), and there is no revision yet: a revision would leave them out`,
    {
      hint: 'Write them as the first revision: `npx limbeck revision --from-database -m "as it is"`; then tell the database that it has it: `npx limbeck stamp head`.',
    },
  )
}

import type { Connection } from '../database/connection.ts'
import { renewHolderSettings } from '../database/holder-settings.ts'
import { releaseOthers } from '../database/lock.ts'
import { ownPath } from '../database/own-path.ts'
import { owned } from '../database/pooled-lock.ts'
import type { Session } from '../session/session.ts'
import { forgetOwnPrepared, forgetPrepared, resetStatements } from '../session/step-settings.ts'
import type { CompiledStep } from './compile-step.ts'

/**
 * How a transaction ends, with the session clean again. On a pooler's backend the body's settings are taken back in the
 * same transaction: after it another client has the backend, and its plans always are.
 */
export function endOf(
  session: Session,
  step?: Pick<CompiledStep, 'body'>,
  end = 'COMMIT',
  prepared?: readonly string[],
): string {
  if (!isShared(session.connection))
    return [end, ...cleanStatements(session, step, prepared)].join(';\n')
  return [
    ...resetStatements({ role: undefined }),
    ownPath,
    forgetOwnPrepared,
    releaseOthers(session.config.tables),
    end,
  ].join(';\n')
}

const isShared = (connection: Connection) => connection.isPooled && !owned.has(connection)

/**
 * What makes the session clean again after a body: to be sent behind the end of its transaction, a command each. `prepared` is
 * what becomes of prepared statements.
 */
export function cleanStatements(
  { config, connection }: Session,
  step?: Pick<CompiledStep, 'body'>,
  prepared: readonly string[] = [forgetPrepared],
): readonly string[] {
  const mayLock = step === undefined || usesAdvisoryLocks(step)
  return [
    // On a pooler's backend nothing stays.
    ...resetStatements({ role: isShared(connection) ? undefined : config.role }),
    ...prepared,
    ...(mayLock ? [ownPath, releaseOthers(config.tables)] : []),
    ...renewHolderSettings(connection),
  ]
}

/** The same as one text. */
export const cleanSession = (session: Session): string => cleanStatements(session).join(';\n')

// Looking at all locks of the server takes longer than the rest.
function usesAdvisoryLocks({ body }: Pick<CompiledStep, 'body'>): boolean {
  return (
    body.kind === 'code' || body.statements.some(({ sql }) => /advisory|\b(?:CALL|DO)\b/i.test(sql))
  )
}

/** Rolls back what is open, and cleans the session. Never fails: what went wrong before is the error. */
export async function abandon(session: Session): Promise<void> {
  const { connection } = session
  if (connection.isLost()) return
  // Of what a body leaves, locks of the session outlive a rollback. What follows in the same message finds the same backend.
  const unlock = isShared(connection) ? [ownPath, releaseOthers(session.config.tables)] : []
  await connection.query(['ROLLBACK', ...unlock].join(';\n'), () => {}).catch(() => {})
  if (isShared(connection)) return
  await connection.query(cleanSession(session), () => {}).catch(() => {})
}

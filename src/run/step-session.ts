import { holderSettings, releaseOthers } from '../database/lock.ts'
import type { Session } from '../session/session.ts'
import { resetStatements } from '../session/step-settings.ts'
import type { CompiledStep } from './compile-step.ts'

/** What makes the session clean again after a body: one text, to be sent behind the end of its transaction. */
export function cleanSession(
  { config, connection }: Session,
  step?: Pick<CompiledStep, 'body'>,
): string {
  const mayLock = step === undefined || usesAdvisoryLocks(step)
  return [
    // On a pooler's backend nothing stays.
    ...resetStatements({ role: connection.isPooled ? undefined : config.role }),
    ...(mayLock ? [releaseOthers(config.tables)] : []),
    holderSettings(connection.announcedPid()),
  ].join(';\n')
}

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
  await connection.query('ROLLBACK').catch(() => {})
  await connection.query(cleanSession(session), () => {}).catch(() => {})
}

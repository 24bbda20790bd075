import { connectionLost } from '../database/driver/socket.ts'
import { pipeline } from '../database/executor.ts'
import type { Session } from '../session/session.ts'
import type { Origin } from './origin.ts'
import { untilUnlocked } from './retry.ts'
import { type Entry, transactionSettings } from './step-entries.ts'
import { stepFailure } from './step-error.ts'
import { abandon, cleanSession, endOf } from './step-session.ts'

/**
 * Runs the entries in one transaction, again and again while another session's lock is in the way, and cleans the session.
 * Throws what stepFailure() makes.
 */
export async function runTransaction(
  session: Session,
  entries: readonly Entry[],
  applied: readonly string[],
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<void> {
  const { config } = session
  const isPooled = session.connection.isPooled
  const ending = isPooled ? endOf(session, undefined, end) : end
  const whole = inTransaction(session.connection.begin, entries, ending)
  const revision = entries.find(({ origin }) => origin.script)?.origin.script?.id
  const failure = await untilUnlocked(
    session,
    { revision },
    () => runEntries(session, whole),
    () => abandon(session),
  )
  if (failure) throw stepFailure(failure, applied, config)
  if (!isPooled) await session.connection.query(cleanSession(session), () => {})
}

/** The entries between BEGIN and the end. */
export function inTransaction(
  begin: readonly string[],
  entries: readonly Entry[],
  end = 'COMMIT',
): readonly Entry[] {
  const [first, last] = [entries.at(0)?.origin ?? {}, entries.at(-1)?.origin ?? {}]
  const [settings, rest] = transactionSettings(entries)
  const [open = '', ...others] = begin
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin: first })
  return [
    own(open),
    ...settings,
    ...others.map(own),
    ...rest,
    { kind: 'sql', sql: end, origin: last },
  ]
}

interface Failure {
  readonly error: unknown
  readonly origin: Origin
}

/** Statements go out together up to the next code, which runs when they have all succeeded. */
async function runEntries(session: Session, entries: readonly Entry[]): Promise<Failure | null> {
  let waiting: Extract<Entry, { kind: 'sql' }>[] = []
  const flush = async (): Promise<Failure | null> => {
    const sent = waiting
    waiting = []
    const failure = await pipeline(
      session.connection,
      sent.map(({ sql }) => sql),
    )
    return failure && { error: failure.error, origin: sent[failure.index]?.origin ?? {} }
  }
  for (const entry of entries) {
    if (entry.kind === 'sql') {
      waiting.push(entry)
      continue
    }
    const failure = (await flush()) ?? (await runCode(session, entry))
    if (failure) return failure
  }
  return await flush()
}

async function runCode(
  { connection }: Session,
  entry: Extract<Entry, { kind: 'code' }>,
): Promise<Failure | null> {
  try {
    await entry.run()
    return null
  } catch (error) {
    const lastWord = connection.lastWord()
    return { error: lastWord ? connectionLost(lastWord) : error, origin: entry.origin }
  }
}

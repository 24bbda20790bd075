import { ledgerSentry, refuseForeignLedger } from '../ledger/read-ledger.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { settingsStatement } from '../session/step-settings.ts'
import { ensureLedger, keptLedger } from './ledger-statements.ts'
import { runTransaction } from './run-transaction.ts'
import type { Entry } from './step-entries.ts'

/** Makes the ledger what it has to be at these rows, before what is written to it. To be called under the lock. */
export async function prepareLedger(
  session: Session,
  revisions: Revisions,
  rows: readonly string[],
): Promise<void> {
  const { config, connection } = session
  const location = keptLedger(config)
  const statements = ensureLedger(config, revisions, rows)
  if (location === undefined || statements.length === 0) return
  await connection.ask(ledgerSentry(location)).catch((error: unknown) => {
    refuseForeignLedger(location, error)
    throw error
  })
  const origin = { what: `making the ledger of ${location.tool}` }
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin })
  const entries = [settingsStatement(config, 'transaction'), ...statements].map(own)
  await runTransaction(session, entries, [])
}

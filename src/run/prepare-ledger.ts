import {
  duplicatesQuery,
  ensureLedgerStatements,
  type LedgerShape,
  shapeQuery,
} from '../ledger/keep-drizzle.ts'
import { ledgerSentry, refuseForeignLedger } from '../ledger/read-ledger.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { settingsStatement } from '../session/step-settings.ts'
import { keptLedger } from './ledger-statements.ts'
import { runTransaction } from './run-transaction.ts'
import type { Entry } from './step-entries.ts'

/** Makes the ledger where it is missing, before what is written to it. To be called under the lock. */
export async function prepareLedger(session: Session, { scripts }: Revisions): Promise<void> {
  const { config, connection } = session
  const location = keptLedger(config)
  const known = [...scripts.values()].find(({ ledger }) => ledger?.tool === location?.tool)
  if (location === undefined || known === undefined) return
  const asked = `${ledgerSentry(location)};\n${shapeQuery(location)}`
  const [shape] = await connection
    .ask<LedgerShape & Record<string, unknown>>(asked)
    .catch((error: unknown) => {
      refuseForeignLedger(location, error)
      throw error
    })
  if (!shape || (shape.hasTable && (shape.isGuarded || !shape.canGuard))) return
  const isTwice = shape.hasTable && (await connection.ask(duplicatesQuery(location))).length > 0
  const areFolders = /^\d{14}/.test(known.ledger?.name ?? '')
  const statements = ensureLedgerStatements(
    location,
    { ...shape, canGuard: shape.canGuard && !isTwice },
    areFolders,
  )
  const origin = { what: `making the ledger of ${location.tool}` }
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin })
  const entries = [settingsStatement(config, 'transaction'), ...statements].map(own)
  if (statements.length > 0) await runTransaction(session, entries, [])
}

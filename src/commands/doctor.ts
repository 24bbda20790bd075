import type { Config } from '../config/resolve-config.ts'
import { readPlainRows } from '../database/read-state.ts'
import type { LedgerFinding } from '../ledger/finding.ts'
import { ledgerName } from '../ledger/ledger-table.ts'
import { prove } from '../ledger/prove.ts'
import { type Ledger, readLedger } from '../ledger/read-ledger.ts'
import type { Revisions } from '../script/revisions.ts'
import { withSession } from '../session/session.ts'

/** What the ledger of another tool says of the database, migration by migration. */
export interface DoctorReport {
  /** The tool and its table; null where there is no ledger. */
  readonly ledger: { readonly tool: string; readonly table: string } | null
  /** Version rows, sorted: where Limbeck says that the database is. */
  readonly rows: readonly string[]
  /** The revision that the ledger proves; null when it proves none. */
  readonly proves: string | null
  /** One for each migration in order, then one for each row without a file. */
  readonly findings: readonly LedgerFinding[]
  /** Those that have to be settled by a person before the ledger can be taken over. */
  readonly problems: readonly LedgerFinding[]
}

/** Weighs the ledger against the files; read-only. Throws LIMBECK_PERMISSION_DENIED. */
export async function doctor(config: Config, revisions: Revisions): Promise<DoctorReport> {
  return await withSession(config, async ({ connection }) => {
    const rows = await readPlainRows(connection, config.tables)
    const ledger = await readLedger(connection, config, revisions)
    if (ledger === null) return { ledger: null, rows, proves: null, findings: [], problems: [] }
    const { revision, findings, problems } = prove(revisions, ledger.location.tool, ledger.rows)
    return { ledger: nameOf(ledger), rows, proves: revision, findings, problems }
  })
}

const nameOf = ({ location }: Ledger) => ({ tool: location.tool, table: ledgerName(location) })

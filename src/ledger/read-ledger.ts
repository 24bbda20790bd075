import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { refuseStranger, sentry, strangersIn } from '../database/own-tables.ts'
import { denied } from '../database/read-state.ts'
import { isMissing } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import {
  isCodeTool,
  type LedgerEntry,
  type LedgerTool,
  ledgerTools,
} from '../script/ledger-entry.ts'
import type { Revisions } from '../script/revisions.ts'
import { quoteLiteral } from '../sql/quote.ts'
import {
  type LedgerLocation,
  ledgerName,
  ledgerQuery,
  locateLedger,
  openTable,
} from './ledger-table.ts'
import type { LedgerRow } from './match-rows.ts'
import { ledgerScripts } from './prove.ts'
import { hashOfNames, isRepeatable, spreadRows } from './spread-rows.ts'

/** A ledger as it is in the database. */
export interface Ledger {
  readonly location: LedgerLocation
  readonly rows: readonly LedgerRow[]
}

/** The tool whose migrations are among the revisions; undefined where all are Limbeck's own. */
function ledgerTool({ scripts }: Pick<Revisions, 'scripts'>): LedgerTool | undefined {
  for (const { ledger } of scripts.values()) if (ledger !== undefined) return ledger.tool
  return undefined
}

/**
 * Reads the ledger of the tool whose migrations are among the revisions; null where there is no such tool or table.
 * Throws LIMBECK_PERMISSION_DENIED, and LIMBECK_LEDGER_UNPROVEN for a table of that name that is no ledger.
 */
export async function readLedger(
  connection: Connection,
  config: Pick<Config, 'ledger' | 'schema'>,
  chain: Pick<Revisions, 'scripts' | 'map'>,
): Promise<Ledger | null> {
  const tool = ledgerTool(chain)
  if (tool === undefined) return null
  const location = locateLedger(tool, config.ledger, config.schema)
  const rows = await readRows(connection, location)
  if (rows === null) return null
  const spread = spreadRows(ledgerScripts(chain, tool), tool, rows)
  return { location, rows: [...spread, ...(await openRows(connection, location, rows))] }
}

/** Those whose migrations are code first; of two with a table of one name the one that has more columns. */
const withNames = ledgerTools
  .filter((tool) => tool !== 'drizzle')
  .toSorted((a, b) => rank(a) - rank(b))

function rank(tool: LedgerTool): number {
  if (isCodeTool(tool)) return 0
  return tool === 'dbmate' ? 2 : 1
}

/** What a baseline of this database stands for: the newest migration of another tool; null where there is none. */
export async function newestMigration({
  connection,
  config,
}: {
  readonly connection: Connection
  readonly config: Pick<Config, 'ledger' | 'schema'>
}): Promise<LedgerEntry | null> {
  for (const tool of withNames) {
    const location = locateLedger(tool, config.ledger, config.schema)
    // Another service's table may have the name.
    const rows = await readRows(connection, location).catch((error: unknown) => {
      if (error instanceof LimbeckError && error.code === 'LIMBECK_LEDGER_UNPROVEN') return null
      throw error
    })
    const ran = rows?.filter(({ name, state }) => state !== 'failed' && !isRepeatable(name))
    const name = ran?.at(-1)?.name
    const hash = hashOfNames(ran ?? [])
    if (name)
      return {
        tool,
        name,
        when: null,
        hashes: hash === null ? [] : [hash],
        ...(isCodeTool(tool) ? {} : { isBaseline: true }),
      }
  }
  return null
}

async function readRows(
  connection: Connection,
  location: LedgerLocation,
): Promise<readonly LedgerRow[] | null> {
  try {
    const rows = await connection.ask<
      Pick<LedgerRow, 'hash' | 'name' | 'state'> & { when: string | null }
    >(`${ledgerSentry(location)};\n${ledgerQuery(location)}`)
    return rows.map((row) => ({ ...row, when: row.when === null ? null : Number(row.when) }))
  } catch (error) {
    refuseForeignLedger(location, error)
    if (isMissing(error)) return null
    // Another service's table of the same name has other columns.
    if ((error as { code?: unknown }).code === '42703') throw notALedger(location, error)
    throw denied(error)
  }
}

/** Goes before what reads or writes a ledger: any role that may create tables can make one of that name first. */
export const ledgerSentry = ({ schema, table }: LedgerLocation) =>
  sentry({ schema, names: [table] })

/** Throws LIMBECK_PERMISSION_DENIED for what `ledgerSentry` has met. */
export function refuseForeignLedger({ tool, schema }: LedgerLocation, error: unknown): void {
  for (const stranger of strangersIn(error) ?? [])
    refuseStranger(schema, stranger, {
      of: tool,
      instead: 'name the table in the option ledger: { tool, schema, table }',
    })
}

function notALedger(location: LedgerLocation, cause: unknown): LimbeckError {
  return new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `table ${ledgerName(location)} is not a ledger of ${location.tool}`,
    { cause, hint: 'Name the table in the option ledger: { tool, schema, table }.' },
  )
}

/** A row of its own where the tool says that what it has recorded may not be all. */
async function openRows(
  connection: Connection,
  location: LedgerLocation,
  rows: readonly LedgerRow[],
): Promise<readonly LedgerRow[]> {
  const open = openTable(location)
  if (open === null || rows.length === 0) return []
  const table = ledgerName(open)
  const exists = `SELECT 1 WHERE to_regclass(${quoteLiteral(table)}) IS NOT NULL`
  if ((await connection.ask(exists)).length === 0) return []
  const query = `${ledgerSentry(open)};\nSELECT 1 FROM ${table} WHERE ${open.where}`
  const found = await connection.ask(query).catch((error: unknown) => {
    refuseForeignLedger(open, error)
    throw denied(error)
  })
  return found.length === 0 ? [] : [{ name: open.table, hash: null, when: null, state: 'open' }]
}

import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { refuseStranger, sentry, strangersIn } from '../database/own-tables.ts'
import { denied } from '../database/read-state.ts'
import { isMissing } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import { codeTools, isCodeTool, type LedgerEntry, type LedgerTool } from '../script/ledger-entry.ts'
import { type LedgerLocation, ledgerName, ledgerQuery, locateLedger } from './ledger-table.ts'
import type { LedgerRow } from './match-rows.ts'
import { type Chain, ledgerScripts } from './prove.ts'

/** A ledger as it is in the database. */
export interface Ledger {
  readonly location: LedgerLocation
  readonly rows: readonly LedgerRow[]
}

/** The tool whose migrations are among the revisions; undefined where all are Limbeck's own. */
export function ledgerTool({ scripts }: Pick<Chain, 'scripts'>): LedgerTool | undefined {
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
  chain: Chain,
): Promise<Ledger | null> {
  const tool = ledgerTool(chain)
  if (tool === undefined) return null
  const location = locateLedger(tool, config.ledger, config.schema)
  const rows = await readRows(connection, location)
  if (rows === null) return null
  // A baseline stands for the newest migration and all before it.
  if (isCodeTool(tool)) return { location, rows: rows.slice(-1) }
  if (tool !== 'golang-migrate') return { location, rows }
  return { location, rows: allUpTo(chain, rows[0]?.name ?? null) }
}

/** The newest migration in the ledger of a tool whose migrations are code; null where there is none. */
export async function newestOfCodeTool({
  connection,
  config,
}: {
  readonly connection: Connection
  readonly config: Pick<Config, 'ledger' | 'schema'>
}): Promise<LedgerEntry | null> {
  for (const tool of codeTools) {
    const location = locateLedger(tool, config.ledger, config.schema)
    // Another service's table may have the name.
    const rows = await readRows(connection, location).catch((error: unknown) => {
      if (error instanceof LimbeckError && error.code === 'LIMBECK_LEDGER_UNPROVEN') return null
      throw error
    })
    const name = rows?.at(-1)?.name
    if (name) return { tool, name, when: null, hashes: [] }
  }
  return null
}

async function readRows(
  connection: Connection,
  location: LedgerLocation,
): Promise<readonly LedgerRow[] | null> {
  try {
    const rows = await connection.ask<{
      hash: string | null
      time: string | null
      name: string | null
    }>(`${ledgerSentry(location)};\n${ledgerQuery(location)}`)
    return rows.map(({ hash, time, name }) => ({
      hash,
      name,
      when: time === null ? null : Number(time),
    }))
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

/** The one version of golang-migrate stands for all before it. */
function allUpTo(chain: Chain, version: string | null): readonly LedgerRow[] {
  const names = ledgerScripts(chain, 'golang-migrate').map(({ ledger }) => ledger.name)
  const end = version === null ? -1 : names.indexOf(version)
  const unknown = version !== null && end === -1 ? [version] : []
  return [...names.slice(0, end + 1), ...unknown].map((name) => ({ name, hash: null, when: null }))
}

import { ownStates } from '../database/own-states.ts'
import { isCodeTool, type LedgerTool } from '../script/ledger-entry.ts'
import { doBlock } from '../sql/do-block.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import { keepDrizzle } from './keep-drizzle.ts'
import { keepOthers } from './keep-others.ts'
import type { Keeper, KeptMigration } from './keeper.ts'
import { type LedgerLocation, ledgerName } from './ledger-table.ts'

function keeperOf(tool: LedgerTool): Keeper {
  if (tool === 'drizzle') return keepDrizzle
  if (!isCodeTool(tool)) return keepOthers[tool]
  throw new TypeError(`the ledger of ${tool} is only read`)
}

const onceIndex = 'limbeck_runs_once'

/**
 * Makes what is missing of the ledger, and needs no right where nothing is. The unique index on drizzle's is what keeps an old
 * build, which takes no lock, from running what this one runs: its own row is refused, and its transaction rolls back. It is
 * left out where this role may not make it, or where a migration has two rows already.
 */
export function ensureLedgerStatement(location: LedgerLocation, areFolders: boolean): string {
  const table = ledgerName(location)
  const found = `pg_catalog.to_regclass(${quoteLiteral(table)})`
  const schema = quoteIdentifier(location.schema)
  const create = keeperOf(location.tool).create(table, areFolders)
  const guard = location.tool === 'drizzle' ? guardOf(table, found) : ''
  return block(`  IF ${found} IS NULL THEN
    IF pg_catalog.to_regnamespace(${quoteLiteral(schema)}) IS NULL THEN
      CREATE SCHEMA ${schema};
    END IF;
${create.map((statement) => `    ${statement};`).join('\n')}
  END IF;${guard}`)
}

const guardOf = (table: string, found: string) => `
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                  WHERE i.indrelid = ${found} AND c.relname = '${onceIndex}')
     AND (SELECT pg_catalog.pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class WHERE oid = ${found}) THEN
    IF NOT EXISTS (SELECT FROM ${table} GROUP BY hash, created_at HAVING count(*) > 1) THEN
      CREATE UNIQUE INDEX ${onceIndex} ON ${table} (hash, created_at);
    END IF;
  END IF;`

/** What becomes of the ledger. */
export interface LedgerChange extends KeptMigration {
  /** `new`: it must not be there yet; `known`: it is added where it is missing; `gone`: it is removed. */
  readonly kind: 'new' | 'known' | 'gone'
}

/**
 * One statement that carries the changes out in the transaction of a step. Others may read the ledger meanwhile, and wait
 * with writing to it.
 */
export function ledgerStatement(
  location: LedgerLocation,
  changes: readonly LedgerChange[],
): string {
  const table = ledgerName(location)
  const keeper = keeperOf(location.tool)
  return block(
    `  LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE;
${changes.map((change) => changeOf(keeper, location, change)).join('\n')}`,
    keeper.declare?.(table),
  )
}

function changeOf(keeper: Keeper, location: LedgerLocation, change: LedgerChange): string {
  const table = ledgerName(location)
  const has = keeper.has(change, table)
  if (change.kind === 'gone')
    return `  ${keeper.remove?.(table, change) ?? `DELETE FROM ${table} WHERE ${has};`}`
  const message = `${location.tool} has run ${change.entry.name} meanwhile`
  const refuse = `RAISE EXCEPTION USING ERRCODE = '${ownStates.ledgerConflict}', MESSAGE = ${quoteLiteral(message)};`
  return `  IF EXISTS (SELECT FROM ${table} WHERE ${has}) THEN
    ${change.kind === 'new' && !keeper.isRepeatable?.(change) ? refuse : 'NULL;'}
  ELSE
    ${keeper.add(table, change)}
  END IF;`
}

/** Whatever the path of the step is, names and operators are looked up in pg_catalog meanwhile: others may make some in between. */
function block(body: string, declarations?: string): string {
  return doBlock(
    `  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
${declarations === undefined ? body : `DECLARE\n${declarations}\nBEGIN\n${body}\nEND;`}
  PERFORM pg_catalog.set_config('search_path', saved_path, true);`,
    "  saved_path CONSTANT pg_catalog.text := pg_catalog.current_setting('search_path');",
  )
}

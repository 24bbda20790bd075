import { ownStates } from '../database/own-states.ts'
import { dollarTag } from '../database/version-table.ts'
import type { LedgerEntry } from '../script/ledger-entry.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import { type LedgerLocation, ledgerName } from './ledger-table.ts'

const onceIndex = 'limbeck_runs_once'

/** What is there of drizzle's ledger. */
export interface LedgerShape {
  readonly hasSchema: boolean
  readonly hasTable: boolean
  /** A second row of one migration is refused by PostgreSQL. */
  readonly isGuarded: boolean
  /** It could be: this role owns the table, and no migration has two rows. */
  readonly canGuard: boolean
}

export function shapeQuery({ schema, table }: LedgerLocation): string {
  const name = `to_regclass(${quoteLiteral(`${quoteIdentifier(schema)}.${quoteIdentifier(table)}`)})`
  return `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)}) AS "hasSchema",
  ${name} IS NOT NULL AS "hasTable",
  EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
           WHERE i.indrelid = ${name} AND c.relname = '${onceIndex}') AS "isGuarded",
  coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ${name}), false) AS "canGuard"`
}

/** Whether a migration has two rows, which a unique index would not accept. */
export const duplicatesQuery = (location: LedgerLocation) =>
  `SELECT 1 FROM ${ledgerName(location)} GROUP BY hash, created_at HAVING count(*) > 1 LIMIT 1`

/**
 * Makes what is missing of the ledger. The unique index is what keeps an old build, which takes no lock, from running what
 * this one runs: its own row is refused, and its transaction rolls back.
 */
export function ensureLedgerStatements(
  location: LedgerLocation,
  { hasSchema, hasTable, isGuarded, canGuard }: LedgerShape,
  areFolders: boolean,
): readonly string[] {
  const table = ledgerName(location)
  const columns = ['id serial PRIMARY KEY', 'hash text NOT NULL', 'created_at bigint']
  const later = ['name text', 'applied_at timestamp with time zone DEFAULT now()']
  return [
    ...(hasSchema ? [] : [`CREATE SCHEMA ${quoteIdentifier(location.schema)}`]),
    ...(hasTable
      ? []
      : [`CREATE TABLE ${table} (${[...columns, ...(areFolders ? later : [])].join(', ')})`]),
    ...(isGuarded || !(canGuard || !hasTable)
      ? []
      : [`CREATE UNIQUE INDEX ${onceIndex} ON ${table} (hash, created_at)`]),
  ]
}

/** What becomes of the ledger. */
export interface LedgerChange {
  /** `new`: it must not be there yet; `known`: it is added where it is missing; `gone`: it is removed. */
  readonly kind: 'new' | 'known' | 'gone'
  readonly entry: LedgerEntry
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
  const body = `DECLARE
  is_named boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = ${quoteLiteral(table)}::regclass
                                AND attname = 'name' AND NOT attisdropped);
BEGIN
  LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE;
${changes.map((change) => changeOf(table, change)).join('\n')}
END`
  const tag = dollarTag(body)
  return `DO ${tag}\n${body}\n${tag}`
}

function changeOf(table: string, { kind, entry }: LedgerChange): string {
  const { name, when, hashes } = entry
  const list = hashes.map((hash) => quoteLiteral(hash)).join(', ')
  const time = when === null ? 'NULL' : String(when)
  const isIt = `(hash IN (${list}) AND created_at = ${time})`
  const named = `name = ${quoteLiteral(name)}`
  if (kind === 'gone')
    return `  DELETE FROM ${table} WHERE ${isIt};
  IF is_named THEN
    DELETE FROM ${table} WHERE ${named};
  END IF;`
  const values = `${quoteLiteral(hashes[0] ?? '')}, ${time}`
  const insert = `IF is_named THEN
      INSERT INTO ${table} (hash, created_at, name) VALUES (${values}, ${quoteLiteral(name)});
    ELSE
      INSERT INTO ${table} (hash, created_at) VALUES (${values});
    END IF;`
  const refuse = `RAISE EXCEPTION USING ERRCODE = '${ownStates.ledgerConflict}', MESSAGE = ${quoteLiteral(`drizzle has run ${name} meanwhile`)};`
  return `  IF EXISTS (SELECT FROM ${table} WHERE ${isIt}) THEN
    ${kind === 'new' ? refuse : 'NULL;'}
  ELSE
    ${insert}
  END IF;`
}

import type { Config } from '../../config/resolve-config.ts'
import { lockKey } from '../../database/lock-key.ts'
import { ownStates } from '../../database/own-states.ts'
import { ownTables, strangersOf } from '../../database/own-tables.ts'
import {
  createTableStatements,
  historyName,
  progressName,
  type Tables,
  textArray,
  versionName,
} from '../../database/tables.ts'
import { userTables } from '../../database/user-tables.ts'
import { ledgerTableNames } from '../../ledger/ledger-table.ts'
import { doBlock } from '../../sql/do-block.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'

/**
 * Creates the schemas and Limbeck's tables where they are missing: needs no right where they are there. Raises an error for
 * what another role has made by their names, before anything reads it.
 */
export function ensureBlock(tables: Tables, targetSchema: string): string {
  const none = { version: false, history: false, progress: false }
  return doBlock(
    [
      refuseStrangersBlock(tables),
      ...[...new Set([targetSchema, tables.schema])].map(schemaWhereMissing),
      ...(
        [
          [versionName(tables), { ...none, version: true }],
          [historyName(tables), { ...none, history: true }],
          [progressName(tables), { ...none, progress: true }],
        ] as const
      ).map(([name, missing]) =>
        whereMissing(
          `pg_catalog.to_regclass(${quoteLiteral(name)})`,
          createTableStatements(tables, missing),
        ),
      ),
    ].join('\n'),
    "  strangers pg_catalog.json;\n  saved_path CONSTANT pg_catalog.text := pg_catalog.current_setting('search_path');",
  )
}

function refuseStrangersBlock(tables: Tables): string {
  return `PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
strangers := ${strangersOf(ownTables(tables))};
PERFORM pg_catalog.set_config('search_path', saved_path, true);
IF strangers IS NOT NULL THEN
  RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
    MESSAGE = pg_catalog.format('not a table of a trusted owner: %s', strangers),
    HINT = 'Find out who made it and drop it, or set the option versionTable or versionSchema.';
END IF;`
}

/** `CREATE SCHEMA` where it is missing, as a statement. */
export const createSchemaBlock = (name: string): string => doBlock(schemaWhereMissing(name))

// Unlike IF NOT EXISTS this needs no right where there is nothing to do.
function schemaWhereMissing(name: string): string {
  const quoted = quoteIdentifier(name)
  return whereMissing(`pg_catalog.to_regnamespace(${quoteLiteral(quoted)})`, [
    `CREATE SCHEMA ${quoted}`,
  ])
}

function whereMissing(found: string, statements: readonly string[]): string {
  const body = statements.map((statement) => `${statement};`).join('\n')
  return `IF ${found} IS NULL THEN\n${body}\nEND IF;`
}

/**
 * Takes the migration lock, for the transaction or for the session, and raises an error unless the version rows are
 * exactly those the script was made for and no step is half done: what follows in the transaction then never happens.
 */
export function checkBlock(
  tables: Tables,
  rows: readonly string[],
  scope: 'transaction' | 'session',
): string {
  const lock =
    scope === 'transaction'
      ? 'pg_catalog.pg_try_advisory_xact_lock'
      : 'pg_catalog.pg_try_advisory_lock'
  const wanted = rows.length === 0 ? 'none' : rows.toSorted().join(', ')
  return doBlock(
    `  IF NOT ${lock}(${lockKey(tables)}) THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = 'another process is migrating this database';
  END IF;
  IF EXISTS (SELECT FROM ${progressName(tables)} WHERE version_table OPERATOR(pg_catalog.=) ${quoteLiteral(tables.version)}) THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}', MESSAGE = 'a step was interrupted: finish it first by an online run';
  END IF;
  version_rows := ARRAY(SELECT version_num FROM ${versionName(tables)} ORDER BY 1);
  IF NOT (version_rows OPERATOR(pg_catalog.@>) wanted_rows AND wanted_rows OPERATOR(pg_catalog.@>) version_rows) THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}',
      MESSAGE = pg_catalog.format(${quoteLiteral(`version rows: %s; this part of the script is for: ${wanted.replaceAll('%', '%%')}`)}, coalesce(CASE WHEN pg_catalog.cardinality(version_rows) OPERATOR(pg_catalog.>) 0 THEN pg_catalog.array_to_string(version_rows, ', ') END, 'none')),
      HINT = 'make a script that begins where this database is';
  END IF;`,
    `  version_rows pg_catalog.text[];\n  wanted_rows CONSTANT pg_catalog.text[] := ${textArray(rows)};`,
  )
}

/**
 * Raises an error where the schema has tables and nothing says which revision they are: a script that begins at base would
 * build its own beside them. Not where a person has stamped base.
 */
export function legacyBlock({
  tables,
  schema,
  ignoreTables,
  ledger,
}: Pick<Config, 'tables' | 'schema' | 'ignoreTables' | 'ledger'>): string {
  const ignored = [...ignoreTables, ...ledgerTableNames({ ledger, schema })].map(
    (pattern) => `c.relname LIKE ${quoteLiteral(likePattern(pattern))}`,
  )
  const mine = `version_table = ${quoteLiteral(tables.version)}`
  return doBlock(
    `  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO found FROM ${userTables(tables, schema)} AND NOT (${ignored.join(' OR ')});
  IF found IS NOT NULL AND NOT EXISTS (SELECT FROM ${versionName(tables)}) AND (SELECT direction FROM ${historyName(tables)}
      WHERE ${mine} ORDER BY id DESC LIMIT 1) IS DISTINCT FROM 'stamp' THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}',
      MESSAGE = format(${quoteLiteral(`schema ${schema.replaceAll('%', '%%')} has tables but no version row: %s`)}, found),
      HINT = ${quoteLiteral(sayWhich)};
  END IF;`,
    '  found text;',
  )
}

const sayWhich = 'Say which revision they are: `npx limbeck stamp <revision>`.'

const likePattern = (pattern: string): string =>
  pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')

/** Gives the migration lock of the session back. */
export function unlockStatement(tables: Tables): string {
  return `SELECT pg_catalog.pg_advisory_unlock(${lockKey(tables)})`
}

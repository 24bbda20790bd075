import type { RowChange, Step } from '../revision/revision.ts'
import { doBlock } from '../sql/do-block.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { ownStates } from './own-states.ts'
import { type Tables, textArray, versionName } from './tables.ts'

/**
 * One statement that carries the changes out and fails unless each hits exactly its row: sent along with the
 * step, it makes sure on the server's side that nothing runs on rows that another process has moved, nor when the step
 * that was sent before it, `after`, has not taken place.
 */
export function changeRowsStatement(
  tables: Tables,
  changes: readonly RowChange[],
  after?: Step,
): string {
  const table = versionName(tables)
  const swaps = changes.map((change) => swap(table, change))
  // A row that the step before has written, and that must be hit, says as much.
  const says = changes.some((change) => change.kind === 'update' && change.from === after?.revision)
  const body = [...(after && !says ? [mustFollow(table, after)] : []), ...swaps].join('\n')
  return doBlock(body)
}

/**
 * Before code runs in the transaction: fails unless the rows that are to be swapped afterwards are there, and remembers
 * which transaction it is. Code that ends it must find nothing swapped.
 */
export function mustHold(tables: Tables, changes: readonly RowChange[]): string {
  const wanted = changes.flatMap((change) =>
    change.kind === 'insert' ? [] : [change.kind === 'update' ? change.from : change.version],
  )
  const rows = wanted.map(
    (version) =>
      `  PERFORM FROM ${versionName(tables)} WHERE version_num OPERATOR(pg_catalog.=) ${quoteLiteral(version)} FOR UPDATE;\n${mustHit(version)}`,
  )
  const body = [
    ...rows,
    `  PERFORM pg_catalog.set_config('limbeck.transaction', pg_catalog.pg_current_xact_id()::pg_catalog.text, true);`,
  ].join('\n')
  return doBlock(body)
}

/** After the code: fails unless it is still the transaction that `mustHold` has seen. */
export const sameTransaction = `DO $limbeck$
BEGIN
  IF current_setting('limbeck.transaction', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.transactionEnded}', MESSAGE = 'the code has ended the transaction that it ran in: the step is not recorded';
  END IF;
END
$limbeck$`

/** Fails unless the version rows are exactly these: what was decided from them holds in this transaction, too. */
export function mustBeAt(tables: Tables, rows: readonly string[]): string {
  const table = versionName(tables)
  const body = `  IF (SELECT pg_catalog.count(*) FROM ${table}) OPERATOR(pg_catalog.<>) ${rows.length}
    OR EXISTS (SELECT FROM ${table} WHERE NOT (version_num OPERATOR(pg_catalog.=) ANY (${textArray(rows)}))) THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}', MESSAGE = 'another process has moved the version rows';
  END IF;`
  return doBlock(body)
}

function swap(table: string, change: RowChange): string {
  switch (change.kind) {
    case 'insert':
      return `  INSERT INTO ${table} (version_num) VALUES (${quoteLiteral(change.version)});`
    case 'update':
      return `  UPDATE ${table} SET version_num = ${quoteLiteral(change.to)} WHERE version_num OPERATOR(pg_catalog.=) ${quoteLiteral(change.from)};\n${mustHit(change.from)}`
    case 'delete':
      return `  DELETE FROM ${table} WHERE version_num OPERATOR(pg_catalog.=) ${quoteLiteral(change.version)};\n${mustHit(change.version)}`
  }
}

function mustHit(version: string): string {
  return `  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}', MESSAGE = ${quoteLiteral(`version row ${version} is gone: another process has moved it`)};
  END IF;`
}

function mustFollow(table: string, { revision, direction }: Step): string {
  const missing = direction === 'upgrade' ? 'NOT EXISTS' : 'EXISTS'
  return `  IF ${missing} (SELECT FROM ${table} WHERE version_num OPERATOR(pg_catalog.=) ${quoteLiteral(revision)}) THEN
    RAISE EXCEPTION USING ERRCODE = '${ownStates.versionConflict}', MESSAGE = ${quoteLiteral(`the ${direction} of ${revision} before it has not taken place`)};
  END IF;`
}

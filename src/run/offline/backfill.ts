import { progressName, type Tables } from '../../database/tables.ts'
import { doBlock } from '../../sql/do-block.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { batchSizeOf, keyQuery } from '../context/backfill.ts'
import type { BackfillOptions } from '../context/revision-context.ts'

/** A backfill inside a transaction: batches would give nothing back, so it is one UPDATE. */
export function backfillStatement({ table, where, set }: BackfillOptions): string {
  return `UPDATE ${table} SET ${set}${where === undefined ? '' : `\nWHERE ${where}`}`
}

/**
 * A backfill outside a transaction, as a block that commits each batch with its last key: once interrupted, it is resumed by an
 * online run. Throws LIMBECK_INVALID_OPTION as the online one does.
 */
export function backfillBlock(tables: Tables, name: string, options: BackfillOptions): string {
  const { table, key: keyName = 'id', where, set, pauseMs = 0 } = options
  const key = quoteIdentifier(keyName)
  const batchSize = batchSizeOf(options)
  const progress = `${progressName(tables)} SET cursors = cursors || jsonb_build_object(${quoteLiteral(name)}, jsonb_build_object('key', limbeck_key::text, 'rows', limbeck_rows)) WHERE version_table = ${quoteLiteral(tables.version)}`
  return doBlock(
    `  IF NOT coalesce((SELECT k.not_null AND k.is_unique FROM (${keyQuery(options)}) k), false) THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`backfill: ${table} has no column ${keyName} that is unique and not null`)};
  END IF;
  LOOP
    -- A batch takes row locks only: waiting for one blocks no reads.
    PERFORM set_config('lock_timeout', '0', true);
    WITH batch AS MATERIALIZED (
      SELECT ${key} FROM ${table} WHERE (limbeck_key IS NULL OR ${key} > limbeck_key)${where === undefined ? '' : ` AND (${where})`}
      ORDER BY ${key} LIMIT ${batchSize} FOR UPDATE
    ), changed AS (
      UPDATE ${table} SET ${set} WHERE ${key} IN (SELECT ${key} FROM batch) RETURNING 1
    )
    SELECT (SELECT ${key} FROM batch ORDER BY batch.${key} DESC LIMIT 1), limbeck_rows + (SELECT count(*) FROM changed)
      INTO limbeck_key, limbeck_rows;
    UPDATE ${progress};
    COMMIT;
    EXIT WHEN limbeck_key IS NULL;${pauseMs > 0 ? `\n    PERFORM pg_sleep(${pauseMs / 1000});` : ''}
  END LOOP;`,
    `  limbeck_key ${table}.${key}%TYPE;\n  limbeck_rows bigint := 0;`,
  )
}

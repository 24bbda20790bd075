import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { progressName, type Tables, textArray } from './tables.ts'

/** How far a non-transactional step has come. */
export interface StepProgress {
  readonly revision: string
  readonly direction: string
  /** Hashes of the statements that are done, in order. */
  readonly done: readonly string[]
  /** Hash of the statement that was begun and not seen to end; it may or may not have had its effect. */
  readonly started: string | null
  readonly cursors: Readonly<Record<string, { readonly key: string | null; readonly rows: number }>>
}

const ours = (tables: Tables) =>
  `WHERE version_table OPERATOR(pg_catalog.=) ${quoteLiteral(tables.version)}`

/** The one step under way, or null. */
export async function readProgress(
  connection: Connection,
  tables: Tables,
): Promise<StepProgress | null> {
  const [row] = await connection.ask<StepProgress & Row>(`
SELECT revision, direction, to_json(statements_done) AS done, statement_started AS started, cursors
FROM ${progressName(tables)} ${ours(tables)}`)
  return row ?? null
}

/** INSERT of a step that begins. */
export function beginProgress(tables: Tables, revision: string, direction: string): string {
  return `INSERT INTO ${progressName(tables)} (version_table, revision, direction)
VALUES (${quoteLiteral(tables.version)}, ${quoteLiteral(revision)}, ${quoteLiteral(direction)})`
}

/** Notes that a statement that commits by itself is about to be sent. */
export function noteStarted(tables: Tables, hash: string): string {
  return `UPDATE ${progressName(tables)} SET statement_started = ${quoteLiteral(hash)} ${ours(tables)}`
}

/** Notes that one more statement is done. */
export function noteDone(tables: Tables, done: readonly string[]): string {
  return `UPDATE ${progressName(tables)} SET statement_started = NULL, statements_done = ${textArray(done)} ${ours(tables)}`
}

/** Keeps the place of one backfill. */
export function noteCursor(tables: Tables, name: string, cursor: object): string {
  return `UPDATE ${progressName(tables)} SET cursors = cursors OPERATOR(pg_catalog.||) ${quoteLiteral(JSON.stringify({ [name]: cursor }))}::pg_catalog.jsonb ${ours(tables)}`
}

/** DELETE of the row: the step is recorded in the same transaction. */
export function endProgress(tables: Tables): string {
  return `DELETE FROM ${progressName(tables)} ${ours(tables)}`
}

/** When the step began, as an expression for the history. */
export function startedAt(tables: Tables): string {
  return `(SELECT started_at FROM ${progressName(tables)} ${ours(tables)})`
}

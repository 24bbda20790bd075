import type { Direction } from '../revision/revision.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { type SessionSettings, settingsRead } from './session-settings.ts'
import { progressName, recordKey, type Tables, textArray } from './tables.ts'

/** How far a non-transactional step has come. */
export interface StepProgress {
  readonly revision: string
  readonly direction: Direction
  /** Hashes of the statements that are done, in order. */
  readonly done: readonly string[]
  /** Hash of the statement that was begun and not seen to end; it may or may not have had its effect. */
  readonly started: string | null
  readonly cursors: Readonly<Record<string, { readonly key: string | null; readonly rows: number }>>
  /** What the session had set behind the last unit that is done; null where nothing is. */
  readonly settings: SessionSettings | null
}

const settingsKey = 'limbeck settings'

/** What another build must know of a step that was interrupted: whether it can serve, and how to undo it. */
export interface ProgressRecord {
  readonly compatible: boolean | null
  readonly downgradeSql: string | null
  readonly rowsBefore: readonly string[]
}

const ours = (tables: Tables) =>
  `WHERE version_table OPERATOR(pg_catalog.=) ${quoteLiteral(tables.version)}`

/** The one step under way, or null. */
export async function readProgress(
  connection: Connection,
  tables: Tables,
): Promise<StepProgress | null> {
  const [row] = await connection.ask<StepProgress & Row>(`
SELECT revision, direction, to_json(statements_done) AS done, statement_started AS started, cursors,
  cursors -> '${settingsKey}' AS settings
FROM ${progressName(tables)} ${ours(tables)}`)
  return row ?? null
}

/** INSERT of a step that begins. */
export function beginProgress(
  tables: Tables,
  revision: string,
  direction: string,
  record: ProgressRecord,
): string {
  const kept = JSON.stringify({ [recordKey]: record })
  return `INSERT INTO ${progressName(tables)} (version_table, revision, direction, cursors)
VALUES (${quoteLiteral(tables.version)}, ${quoteLiteral(revision)}, ${quoteLiteral(direction)}, ${quoteLiteral(kept)}::pg_catalog.jsonb)`
}

/** Makes the undoing of a step out of its upgrade, which was interrupted. */
export function turnProgress(tables: Tables): string {
  const key = quoteLiteral(recordKey)
  return `UPDATE ${progressName(tables)} SET direction = 'downgrade', statements_done = '{}', statement_started = NULL,
  cursors = pg_catalog.jsonb_build_object(${key}, cursors OPERATOR(pg_catalog.->) ${key}) ${ours(tables)}`
}

/** The record of the step under way, for a build that has no file of it; null where there is none. */
export async function readProgressRecord(
  connection: Connection,
  tables: Tables,
): Promise<(ProgressRecord & { readonly revision: string }) | null> {
  const [row] = await connection.ask<{ revision: string; record: ProgressRecord | null }>(
    `SELECT revision, cursors OPERATOR(pg_catalog.->) ${quoteLiteral(recordKey)} AS record FROM ${progressName(tables)} ${ours(tables)}`,
  )
  return row?.record ? { revision: row.revision, ...row.record } : null
}

/** Notes that a statement that commits by itself is about to be sent. */
export function noteStarted(tables: Tables, hash: string): string {
  return `UPDATE ${progressName(tables)} SET statement_started = ${quoteLiteral(hash)} ${ours(tables)}`
}

/** Notes that the statement has ended, without its effect. */
export function noteFailed(tables: Tables): string {
  return `UPDATE ${progressName(tables)} SET statement_started = NULL ${ours(tables)}`
}

/** Notes that one more statement is done; with `keeps` also what `readSettings` has read. */
export function noteDone(tables: Tables, done: readonly string[], { keeps = false } = {}): string {
  const settings = keeps ? `, ${keptSettings}` : ''
  return `UPDATE ${progressName(tables)} SET statement_started = NULL, statements_done = ${textArray(done)}${settings} ${ours(tables)}`
}

const keptSettings = `cursors = cursors OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('${settingsKey}', ${settingsRead})`

/** Keeps what `readSettings` has read. */
export function noteSettings(tables: Tables): string {
  return `UPDATE ${progressName(tables)} SET ${keptSettings} ${ours(tables)}`
}

/** Keeps how far one backfill has come. */
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

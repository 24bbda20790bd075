import type { Row } from '../database/connection.ts'
import { ownPath } from '../database/own-path.ts'
import { runOwnTransaction } from '../database/own-transaction.ts'
import { plainSpelling } from '../database/plain-spelling.ts'
import { historyName, historyTable, progressName, versionName } from '../database/tables.ts'
import type { Session } from '../session/session.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { catalogHashes } from './catalog-hashes.ts'
import { comparedObjects } from './object-filter.ts'

/** What became of the catalog since the head was reached. */
export type Drift =
  /** Objects that are gone, new or changed, in words; empty where there is none. */
  | { readonly is: 'compared'; readonly changes: readonly string[] }
  /** Nothing is kept of how it was: `keep` keeps how it is. */
  | { readonly is: 'unkept' }
  /** No head has been reached, or rows are on the move: there is nothing to compare with. */
  | { readonly is: 'moving' }

/** How a session finds the catalog, and how to keep it that way. */
export interface FoundCatalog {
  readonly drift: Drift
  /** Keeps how it is now with the newest history entry, in place of what is kept there. */
  readonly keep: () => Promise<void>
}

type Hashes = Readonly<Record<string, string>>

interface Answer {
  readonly rows: readonly string[]
  readonly newest: {
    readonly id: string
    readonly rows: readonly string[]
    readonly catalog: string | null
  } | null
  readonly isMoving: boolean
  readonly hasColumn: boolean
  readonly major: number
  readonly objects: Hashes
}

/** What is kept: expressions are spelled otherwise by another major version of PostgreSQL. */
interface Kept {
  readonly major: number
  readonly objects: Hashes
}

/** Compares the catalog with what is kept of it, in one query. */
export async function readCatalog(session: Session): Promise<FoundCatalog> {
  const { connection, config } = session
  const [answer] = await connection.ask<Answer & Row>(catalogQuery(session))
  if (!answer) throw new TypeError('a SELECT without FROM gives one row')
  const { newest, major, objects } = answer
  const keep = async () => await keepCatalog(session, answer)
  const isReached =
    newest !== null && newest.rows.toSorted().join() === answer.rows.toSorted().join()
  if (!isReached || answer.isMoving || answer.rows.length === 0)
    return { drift: { is: 'moving' }, keep }
  const kept = newest.catalog === null ? null : (JSON.parse(newest.catalog) as Kept)
  if (kept?.major !== major) return { drift: { is: 'unkept' }, keep }
  const isCompared = comparedObjects(config)
  const changes = changesOf(kept.objects, objects).filter(({ label }) => isCompared(nameOf(label)))
  return { drift: { is: 'compared', changes: changes.map(({ text }) => text) }, keep }
}

/** A column that the history lacks is found in the outer query. */
function catalogQuery({ config }: Session): string {
  const { tables, schema, autogenerate } = config
  const mine = `version_table = ${quoteLiteral(tables.version)}`
  return `${plainSpelling}; SELECT (SELECT coalesce(json_agg(version_num), '[]') FROM ${versionName(tables)}) AS rows,
  (SELECT json_build_object('id', id::text, 'rows', rows_after, 'catalog', catalog)
     FROM ${historyName(tables)} WHERE ${mine} ORDER BY id DESC LIMIT 1) AS newest,
  EXISTS (SELECT FROM ${progressName(tables)} WHERE ${mine}) AS "isMoving",
  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = ${quoteLiteral(historyName(tables))}::regclass AND a.attname = 'catalog') AS "hasColumn",
  current_setting('server_version_num')::int / 10000 AS major,
  (${catalogHashes({ schema, schemas: autogenerate.schemas ?? [], tables })}) AS objects
FROM (SELECT NULL::text AS catalog) AS absent`
}

function changesOf(before: Hashes, after: Hashes): readonly { label: string; text: string }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .flatMap((label) => {
      if (before[label] === after[label]) return []
      const there = before[label] === undefined ? 'is new' : 'has changed'
      const how = after[label] === undefined ? 'is gone' : there
      return [{ label, text: `${label} ${how}` }]
    })
}

/** `table audit.log` as the filter asks for it; functions and their like pass it by their name. */
function nameOf(label: string): Parameters<ReturnType<typeof comparedObjects>>[0] {
  const [, kind = '', schema, name = ''] =
    /^(.*?) (?:([^. ]+)\.)?([^ (]+)/.exec(label.replace('materialized ', '')) ?? []
  const known = kind === 'view' || kind === 'enum' || kind === 'sequence' ? kind : 'table'
  return { kind: known, ...(schema === undefined ? {} : { schema }), name }
}

/** Nothing where another entry has come meanwhile: what was read may be from before it. */
async function keepCatalog(
  { connection, config }: Session,
  { newest, hasColumn, major, objects }: Answer,
): Promise<void> {
  if (newest === null) return
  const history = historyName(config.tables)
  const kept: Kept = { major, objects }
  const id = quoteLiteral(newest.id)
  await runOwnTransaction(connection, [
    `SET LOCAL lock_timeout = '2s'`,
    ...(hasColumn
      ? []
      : [`ALTER TABLE ${history} ADD COLUMN IF NOT EXISTS catalog pg_catalog.text`]),
    ownPath,
    `UPDATE ${history} SET catalog = ${quoteLiteral(JSON.stringify(kept))} WHERE id = ${id} AND NOT EXISTS (SELECT FROM ${history} later
  WHERE later.version_table = ${historyTable}.version_table AND later.id > ${historyTable}.id)`,
  ])
}

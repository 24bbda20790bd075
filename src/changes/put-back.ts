import { liveScope, type Scope, searchPathStatement } from '../autogenerate/catalog/scope.ts'
import { printed } from '../autogenerate/catalog/sql-fragments.ts'
import type { RevisionDraft } from '../autogenerate/produce.ts'
import { inDiscardedTransaction } from '../autogenerate/shadow/discarded-transaction.ts'
import type { Connection } from '../database/connection.ts'
import { isSame, keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { operationStatements } from '../schema/operation-statements.ts'
import type { ObjectName } from '../schema/schema.ts'
import { lostColumns } from '../schema/view-columns.ts'
import type { Session } from '../session/session.ts'
import { keyFor, type MadeAgain, madeAgain, objectsBy } from './made-again.ts'
import { NOTE } from './owner-and-grants.ts'
import { PARTS_OF, putBackQuery, TYPE_OF } from './put-back-query.ts'

interface Statement {
  readonly sql: string
  /** Columns without which it fails, and what else it is about. */
  readonly columns: readonly string[] | null
}

/**
 * The drafts with what models cannot say put back wherever an object is made again: its comments, grants, statistics targets,
 * extended statistics and exclusion constraints, what an index is to its table, the triggers of a view.
 */
export async function withPutBack(
  session: Session,
  drafts: readonly RevisionDraft[],
): Promise<readonly RevisionDraft[]> {
  const objects = madeAgain(drafts)
  if (objects.length === 0) return drafts
  const statements = await readStatements(session, drafts, objects)
  if (statements.size === 0) return drafts
  return drafts.map((draft) => ({
    ...draft,
    upgrade: withStatements(draft.upgrade, statements, goneFor(drafts)),
    downgrade: withStatements(draft.downgrade, statements, new Set()),
  }))
}

/** Read with the renames carried out, since the names are those afterwards; nothing stays. */
async function readStatements(
  { config, connection }: Session,
  drafts: readonly RevisionDraft[],
  objects: readonly MadeAgain[],
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  // A rename may move something into a schema that is new; other new ones do no harm here.
  const renames = drafts.flatMap(({ upgrade }) =>
    upgrade.filter(({ kind }) => kind === 'rename' || kind === 'create schema'),
  )
  return await inDiscardedTransaction(connection, config.lockTimeoutMs, async () => {
    const { schema, tables } = config
    const scope = await liveScope(connection, { schema, schemas: [], tables })
    await connection.query(searchPathStatement(scope))
    for (const sql of renames.flatMap((rename) => operationStatements(rename)))
      await connection.query(sql)
    return await readPutBack(connection, scope, objects)
  })
}

/** What gives each of the objects back what it carries, by `keyFor`. To be called in a transaction. */
export async function readPutBack(
  connection: Connection,
  scope: Scope,
  objects: readonly MadeAgain[],
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const queries = objects.map(putBackQuery)
  const found = new Map<string, Statement[]>()
  for (let first = 0; first < queries.length; first += AT_ONCE) {
    const query = queries.slice(first, first + AT_ONCE).join('\nUNION ALL ')
    const all = `SELECT coalesce(json_agg(x), '[]')::text FROM (${query}) x`
    const [row] = await connection.ask<{ json: string }>(printed(scope, all, 'json'))
    for (const { at, ...statement } of JSON.parse(row?.json ?? '[]') as (Statement & Indexed)[]) {
      const object = objects[at]
      if (object === undefined) continue
      const key = keyFor(object)
      found.set(key, [...(found.get(key) ?? []), statement])
    }
  }
  return found
}

interface Indexed {
  /** Index of its object. */
  readonly at: number
}

/** Objects in one query: PostgreSQL plans a longer one as a whole. */
const AT_ONCE = 20

/** A statement stands behind the last operation that it may need. */
function withStatements(
  operations: readonly Operation[],
  statements: ReadonlyMap<string, readonly Statement[]>,
  gone: ReadonlySet<string>,
): readonly Operation[] {
  const seen = new Set<string>()
  const made = objectsBy(operations)
  return [...operations]
    .reverse()
    .map((operation): Operation => {
      const putBack = (made.get(operation) ?? []).flatMap((object) =>
        (statements.get(keyFor(object)) ?? [])
          .filter(({ sql }) => {
            const isNew = !seen.has(sql)
            seen.add(sql)
            return isNew
          })
          .flatMap(({ sql, columns }) => {
            const missing = columns?.find((name) => gone.has(columnKeyOf(object, name)))
            if (missing === undefined) return sql
            return missing.startsWith(PARTS_OF) ? `${NOTE}not put back: ${sql}` : []
          }),
      )
      if (putBack.length === 0) return operation
      const isNote = (sql: string) => sql.startsWith(NOTE)
      const notPutBack = putBack.filter(isNote).map((text) => text.slice(NOTE.length))
      return {
        ...operation,
        putBack: putBack.filter((sql) => !isNote(sql)),
        ...(notPutBack.length > 0 && { notPutBack }),
      }
    })
    .reverse()
}

/** Columns of tables and views that the upgrade drops for good. */
function goneFor(drafts: readonly RevisionDraft[]): ReadonlySet<string> {
  const all = drafts.flatMap(({ upgrade }) => upgrade)
  const gone = new Set([...goneViews(all), ...changedIndexes(all)])
  const types = new Map<string, string>()
  for (const one of all)
    if (one.kind === 'drop column') {
      gone.add(`${keyOf(one.table)} ${one.column.name}`)
      types.set(`${keyOf(one.table)} ${one.column.name}`, one.column.type)
    }
  for (const one of all)
    if (one.kind === 'alter column' && !isStoredApart(one.after.type))
      gone.add(`${keyOf(one.table)} ${one.after.name}${TYPE_OF}`)
  for (const one of all)
    if (one.kind === 'add column') {
      const key = `${keyOf(one.table)} ${one.column.name}`
      gone.delete(key)
      if (types.get(key) !== one.column.type) gone.add(`${key}${TYPE_OF}`)
    }
  return gone
}

/** Whether values of the type may be kept out of line, and compressed. */
function isStoredApart(type: string): boolean {
  return /^(text|character varying|bpchar|character|bytea|jsonb?|xml|numeric|tsvector|bit)\b|\[\]$/.test(
    type,
  )
}

/** Indexes that take another definition: what was said of an expression by its number is not said of theirs. */
function changedIndexes(all: readonly Operation[]): readonly string[] {
  const dropped = all.flatMap((one) => (one.kind === 'drop index' ? one : []))
  const keyOfParts = (table: ObjectName, name: string) => `${keyOf(table)} ${PARTS_OF}${name}`
  return all.flatMap((one) => {
    if (one.kind === 'swap') return keyOfParts(one.table, one.after.name)
    if (one.kind !== 'create index') return []
    const { table, index } = one
    const old = dropped.find(
      (other) => isSame(other.table, table) && other.index.name === index.name,
    )
    return old === undefined || old.index.full === index.full ? [] : keyOfParts(table, index.name)
  })
}

function goneViews(all: readonly Operation[]): Set<string> {
  const gone = new Set<string>()
  for (const dropped of all) {
    if (dropped.kind !== 'drop view') continue
    const made = all.find((one) => one.kind === 'create view' && isSame(one.view, dropped.view))
    if (made?.kind !== 'create view') continue
    for (const column of lostColumns(dropped.view, made.view))
      gone.add(`${keyOf(dropped.view)} ${column}`)
  }
  return gone
}

const columnKeyOf = ({ relation }: MadeAgain, column: string): string => `${relation} ${column}`

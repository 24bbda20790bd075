import { liveScope, searchPathStatement } from '../autogenerate/catalog/scope.ts'
import { printed } from '../autogenerate/catalog/sql-fragments.ts'
import type { RevisionDraft } from '../autogenerate/produce.ts'
import { inDiscardedTransaction } from '../autogenerate/shadow/discarded-transaction.ts'
import { keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { operationStatements } from '../schema/operation-statements.ts'
import type { Session } from '../session/session.ts'
import { type MadeAgain, putBackQuery } from './put-back-query.ts'

interface Statement {
  readonly sql: string
  /** Columns without which it fails. */
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
  const dropped = drafts.flatMap(({ upgrade }) => upgrade.flatMap((one) => droppedBy(one) ?? []))
  if (dropped.length === 0) return drafts
  const statements = await readStatements(session, drafts, dropped)
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
  return await inDiscardedTransaction(connection, config.lockTimeout, async () => {
    const { schema, tables } = config
    const scope = await liveScope(connection, { schema, schemas: [], tables })
    await connection.query(searchPathStatement(scope))
    for (const sql of renames.flatMap((rename) => operationStatements(rename)))
      await connection.query(sql)
    const query = objects.map(putBackQuery).join('\nUNION ALL ')
    const all = `SELECT coalesce(json_agg(x), '[]')::text FROM (${query}) x`
    const [row] = await connection.ask<{ json: string }>(printed(scope, all, 'json'))
    const rows = JSON.parse(row?.json ?? '[]') as readonly (Statement & { at: number })[]
    const found = new Map<string, Statement[]>()
    for (const { at, sql, columns } of rows) {
      const object = objects[at]
      if (object === undefined) continue
      const key = keyFor(object)
      found.set(key, [...(found.get(key) ?? []), { sql, columns }])
    }
    return found
  })
}

/** A statement stands behind the last operation that it may need. */
function withStatements(
  operations: readonly Operation[],
  statements: ReadonlyMap<string, readonly Statement[]>,
  gone: ReadonlySet<string>,
): readonly Operation[] {
  const seen = new Set<string>()
  return [...operations]
    .reverse()
    .map((operation): Operation => {
      const object = madeBy(operation)
      if (object === undefined) return operation
      const putBack = (statements.get(keyFor(object)) ?? [])
        .filter(({ sql, columns }) => {
          const isPossible =
            columns === null ||
            [...columns, ANY_COLUMN].every((name) => !gone.has(columnKeyOf(object, name)))
          const isNew = !seen.has(sql)
          seen.add(sql)
          return isPossible && isNew
        })
        .map(({ sql }) => sql)
      return putBack.length === 0 ? operation : { ...operation, putBack }
    })
    .reverse()
}

/** Of a view with another query nobody knows which columns it keeps. */
const ANY_COLUMN = '*'

/** Columns that the upgrade drops for good. */
function goneFor(drafts: readonly RevisionDraft[]): ReadonlySet<string> {
  const all = drafts.flatMap(({ upgrade }) => upgrade)
  const gone = goneViews(all)
  for (const one of all)
    if (one.kind === 'drop column') gone.add(`${keyOf(one.table)} ${one.column.name}`)
  for (const one of all)
    if (one.kind === 'add column') gone.delete(`${keyOf(one.table)} ${one.column.name}`)
  return gone
}

function goneViews(all: readonly Operation[]): Set<string> {
  const gone = new Set<string>()
  const views = all.flatMap((one) => (one.kind === 'drop view' ? one.view : []))
  for (const one of all) {
    if (one.kind !== 'create view') continue
    const isSame = views.some(
      (view) => keyOf(view) === keyOf(one.view) && view.query === one.view.query,
    )
    if (!isSame) gone.add(`${keyOf(one.view)} ${ANY_COLUMN}`)
  }
  return gone
}

const columnKeyOf = ({ relation }: MadeAgain, column: string): string => `${relation} ${column}`

const keyFor = ({ kind, relation, name }: MadeAgain): string =>
  JSON.stringify([kind, relation, name])

function droppedBy(operation: Operation): MadeAgain | undefined {
  if (operation.kind === 'drop column') return part('column', operation, operation.column.name)
  if (operation.kind === 'drop index') return part('index', operation, operation.index.name)
  if (operation.kind === 'drop constraint')
    return part('constraint', operation, operation.constraint.name)
  if (operation.kind === 'drop policy') return part('policy', operation, operation.policy.name)
  if (operation.kind === 'swap')
    return part(swapped(operation.before), operation, operation.before.name)
  if (operation.kind === 'drop view') return whole('view', keyOf(operation.view))
  return operation.kind === 'replace enum' ? whole('enum', keyOf(operation.before)) : undefined
}

function madeBy(operation: Operation): MadeAgain | undefined {
  if (operation.kind === 'add column') return part('column', operation, operation.column.name)
  if (operation.kind === 'create index') return part('index', operation, operation.index.name)
  if (operation.kind === 'add constraint')
    return part('constraint', operation, operation.constraint.name)
  if (operation.kind === 'create policy') return part('policy', operation, operation.policy.name)
  if (operation.kind === 'swap')
    return part(swapped(operation.after), operation, operation.after.name)
  if (operation.kind === 'create view') return whole('view', keyOf(operation.view))
  return operation.kind === 'replace enum' ? whole('enum', keyOf(operation.before)) : undefined
}

const swapped = (thing: object): 'constraint' | 'index' =>
  'kind' in thing ? 'constraint' : 'index'

function part(
  kind: MadeAgain['kind'],
  { table }: Extract<Operation, { table: { name: string } }>,
  name: string,
): MadeAgain {
  return { kind, relation: keyOf(table), name }
}

const whole = (kind: MadeAgain['kind'], relation: string): MadeAgain => ({
  kind,
  relation,
  name: '',
})

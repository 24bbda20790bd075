import { searchPathStatement } from '../../autogenerate/catalog/scope.ts'
import { produceRevisions } from '../../autogenerate/produce.ts'
import { type Renamed, readRenamed } from '../../autogenerate/read-renamed.ts'
import { renderOperations } from '../../autogenerate/render.ts'
import { inDiscardedTransaction } from '../../autogenerate/shadow/discarded-transaction.ts'
import { withCasts } from '../../changes/casts.ts'
import { withHindrances } from '../../changes/hindrances.ts'
import type { Config } from '../../config/resolve-config.ts'
import { isServerError } from '../../database/server-error.ts'
import type { CompiledStep } from '../../run/compile-step.ts'
import { keyOf } from '../../schema/names.ts'
import type { Operation, Rename } from '../../schema/operation.ts'
import type { Revisions } from '../../script/revisions.ts'
import { isGuardedDdl, type RowStatement, rowStatement } from '../../script/row-statement.ts'
import type { Session } from '../../session/session.ts'
import { closed } from '../../sql/tokens.ts'
import { buildChain } from '../build-scratch.ts'
import { type ExtraStatements, extraStatements } from './extras.ts'
import { renamesBetween } from './names.ts'
import { readObjectNames } from './object-names.ts'
import { emptyState, type ReplayedState, readState } from './state.ts'

/** The way back of one revision, as the states before and after it tell it. */
export interface Derived {
  /** Null where there is none. */
  readonly downgrade: string | null
  /** What it does not undo; without a downgrade, why there is none. */
  readonly left: readonly string[]
}

/**
 * Replays the chain in a scratch database and derives the downgrade of each revision from what differs between the state
 * before and the state after it. Each is tried there. Throws what the replay fails with.
 */
export async function deriveDowngrades(
  config: Config,
  revisions: Revisions,
): Promise<ReadonlyMap<string, Derived>> {
  const derived = new Map<string, Derived>()
  let before = emptyState
  await buildChain(config, revisions, async (step, session) => {
    const after = await inTransaction(session, () => readState(session))
    derived.set(step.script.id, await derive(session, step, before, after))
    before = after
  })
  return derived
}

const inTransaction = <T>({ connection, config }: Session, work: () => Promise<T>) =>
  inDiscardedTransaction(connection, config.lockTimeout, work)

async function derive(
  session: Session,
  step: CompiledStep,
  before: ReplayedState,
  after: ReplayedState,
): Promise<Derived> {
  const statements = step.body.kind === 'sql' ? step.body.statements.map(({ sql }) => sql) : []
  if (statements.length === 0) return { downgrade: '', left: [] }
  const rows = rowsLeft(statements, before)
  const wayBack = await wayBackOf(session, step, before, after)
  if (wayBack.sql === '' && rows.length === 0 && statements.every(isSeen))
    return { downgrade: "SELECT 'the schema is the same before and after';", left: [] }
  if (wayBack.sql === '') {
    const left = [...wayBack.left, ...rows]
    return { downgrade: null, left: left.length > 0 ? left : [unseen(statements[0] ?? '')] }
  }
  const failed = await tryOut(session, wayBack.sql, before, after)
  if (typeof failed === 'string') return { downgrade: null, left: [failed] }
  return { downgrade: wayBack.sql, left: [...wayBack.left, ...failed, ...rows] }
}

/** Rows of tables that were there before: what was in them is not known. */
function rowsLeft(statements: readonly string[], { snapshot }: ReplayedState): readonly string[] {
  const isOld = ({ table }: RowStatement) =>
    table === null ||
    snapshot.tables.some(({ schema, name }) =>
      [name, `${schema ?? 'public'}.${name}`].includes(table),
    )
  return statements.flatMap((sql) => {
    if (/^(?:GRANT|REVOKE|COMMENT|ALTER\s+DEFAULT)\b/i.test(sql)) return [unseen(sql)]
    const found = rowStatement(sql)
    return found !== null && isOld(found) && !isGuardedDdl(sql)
      ? [`what ${firstLine(sql)} does to rows`]
      : []
  })
}

/** Whatever such a statement does, the catalog shows. */
const isSeen = (sql: string) =>
  /^(?:CREATE|DROP|ALTER)\s+(?:UNIQUE\s+)?(?:INDEX|TABLE|TYPE|SCHEMA|VIEW|SEQUENCE|POLICY)\b/i.test(
    sql,
  ) || isGuardedDdl(sql)

const unseen = (sql: string) => `what ${firstLine(sql)} does`

function firstLine(sql: string): string {
  const text = sql.replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

interface WayBack {
  readonly sql: string
  readonly left: readonly string[]
}

async function wayBackOf(
  session: Session,
  { script }: CompiledStep,
  before: ReplayedState,
  after: ReplayedState,
): Promise<WayBack> {
  const renames = renamesBetween(after.names, before.names, session.config.schema)
  const { snapshot, notNulls } = await carryOut(session, after, renames)
  const [draft] = produceRevisions(
    { live: after.snapshot, before: snapshot, after: before.snapshot, notNulls },
    { renames, inOne: true },
  )
  // A cast that PostgreSQL has not is a guess, as on the way back of any revision.
  const cast = await withCasts(
    session,
    [{ stage: 'main', upgrade: [], downgrade: draft?.upgrade ?? [] }],
    {},
  )
  const [{ downgrade: operations, hindrances } = { downgrade: [] as readonly Operation[] }] =
    await withHindrances(session, cast, { live: after.snapshot, renames })
  const dropped = new Set(operations.flatMap(droppedBy))
  // What stands on a table goes with it.
  const standing = after.extras.filter(({ on }) => on === null || !dropped.has(keyOf(on)))
  const extras = extraStatements(standing, before.extras)
  const rendered = renderOperations(operations, 'downgrade', { hindrances })
  return { sql: bodyOf(rendered, extras, script.transactional), left: extras.left }
}

async function carryOut(
  session: Session,
  { snapshot, scope }: ReplayedState,
  renames: readonly Rename[],
): Promise<Renamed> {
  if (renames.length === 0 || scope === null) return { snapshot, notNulls: [] }
  return await inTransaction(session, async () => {
    const { connection } = session
    const renamed = renames.flatMap(({ of, to }) => (of === 'schema' ? [to] : []))
    const wider = { ...scope, schemas: [...scope.schemas, ...renamed] }
    await connection.query(searchPathStatement(scope))
    return await readRenamed(connection, wider, renames, snapshot)
  })
}

function droppedBy(operation: Operation): readonly string[] {
  if (operation.kind === 'drop table') return [keyOf(operation.table)]
  return operation.kind === 'drop view' ? [keyOf(operation.view)] : []
}

function bodyOf(
  operations: string,
  { first, before, after, last }: ExtraStatements,
  transactional: boolean,
): string {
  const made = [...before, ...after]
  const hasRoutine = made.some((sql) => /^CREATE OR REPLACE (?:FUNC|PROC)/.test(sql))
  const ended = (sql: string) => `${closed(sql.trimEnd())};`
  return [
    ...first.map(ended),
    // Bodies may name tables that are made after them.
    ...(hasRoutine ? [`SET ${transactional ? 'LOCAL ' : ''}check_function_bodies = off;`] : []),
    ...before.map(ended),
    operations,
    ...after.map(ended),
    ...last.map(ended),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

/** What it leaves otherwise than it was; as text, why PostgreSQL refuses it. */
async function tryOut(
  session: Session,
  sql: string,
  before: ReplayedState,
  after: ReplayedState,
): Promise<readonly string[] | string> {
  try {
    return await inTransaction(session, async () => {
      const { connection } = session
      if (after.scope !== null) await connection.query(searchPathStatement(after.scope))
      await connection.query(sql)
      const found = await readObjectNames(connection, session.config)
      return [
        ...[...found].filter((object) => !before.objects.has(object)),
        ...[...before.objects]
          .filter((object) => !found.has(object))
          .map((object) => `${object}, gone`),
      ]
    })
  } catch (error) {
    if (!isServerError(error)) throw error
    return `PostgreSQL refuses what was derived: ${firstLine(error.message)}`
  }
}

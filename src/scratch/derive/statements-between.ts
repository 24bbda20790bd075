import { searchPathStatement } from '../../autogenerate/catalog/scope.ts'
import { produceRevisions } from '../../autogenerate/produce.ts'
import { nothingAlong, type Renamed, readRenamed } from '../../autogenerate/read-renamed.ts'
import { renderOperations } from '../../autogenerate/render.ts'
import { withCasts } from '../../changes/casts.ts'
import { withHindrances } from '../../changes/hindrances.ts'
import { keyOf } from '../../schema/names.ts'
import type { Operation, Rename } from '../../schema/operation.ts'
import type { Session } from '../../session/session.ts'
import { closed } from '../../sql/tokens.ts'
import { type ExtraStatements, extraStatements } from './extras.ts'
import { inTransaction, type SchemaState } from './state.ts'

/** What leads from one state of a schema to another. */
export interface StatementsBetween {
  /** '' where there is none. */
  readonly sql: string
  /** Objects without a short statement. */
  readonly left: readonly string[]
}

/** `from` is what the session's database has. */
export async function statementsBetween(
  session: Session,
  from: SchemaState,
  to: SchemaState,
  { renames, transactional }: { renames: readonly Rename[]; transactional: boolean },
): Promise<StatementsBetween> {
  const { snapshot, along } = await carryOut(session, from, renames)
  const [draft] = produceRevisions(
    { live: from.snapshot, before: snapshot, after: to.snapshot, along },
    { renames, inOne: true },
  )
  // A cast that PostgreSQL has not is a guess, as in the downgrade of any revision.
  const cast = await withCasts(
    session,
    [{ stage: 'main', upgrade: [], downgrade: draft?.upgrade ?? [] }],
    {},
  )
  const [{ downgrade: operations, hindrances } = { downgrade: [] as readonly Operation[] }] =
    await withHindrances(session, cast, { live: snapshot, renames, along })
  const dropped = new Set(operations.flatMap(droppedBy))
  // What stands on a table goes with it.
  const standing = from.extras.filter(({ on }) => on === null || !dropped.has(keyOf(on)))
  const extras = extraStatements(standing, to.extras)
  const rendered = renderOperations(operations, 'downgrade', { hindrances })
  return { sql: bodyOf(rendered, extras, transactional), left: extras.left }
}

async function carryOut(
  session: Session,
  { snapshot, scope }: SchemaState,
  renames: readonly Rename[],
): Promise<Renamed> {
  if (renames.length === 0 || scope === null) return { snapshot, along: nothingAlong }
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

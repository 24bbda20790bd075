import { readSnapshot } from '../../autogenerate/catalog/read-snapshot.ts'
import { liveScope, type Scope, searchPathStatement } from '../../autogenerate/catalog/scope.ts'
import { inDiscardedTransaction } from '../../autogenerate/shadow/discarded-transaction.ts'
import { type LiveExtra, readLiveExtras } from '../../changes/live-extras.ts'
import { readSchemaNames } from '../../database/read-code-objects.ts'
import { emptySnapshot, type Snapshot } from '../../schema/snapshot.ts'
import type { Session } from '../../session/session.ts'
import { type Names, noNames, readNames } from './names.ts'
import { readObjectNames } from './object-names.ts'

/** What schemas hold. */
export interface SchemaState {
  readonly snapshot: Snapshot
  /** What models cannot declare. */
  readonly extras: readonly LiveExtra[]
  /** How it was read; null where there was nothing to read. */
  readonly scope: Scope | null
}

/** All that is known of a database between two of its revisions. */
export interface ReplayedState extends SchemaState {
  readonly names: Names
  readonly objects: ReadonlySet<string>
}

export const emptyState: ReplayedState = {
  snapshot: emptySnapshot,
  extras: [],
  names: noNames,
  objects: new Set(),
  scope: null,
}

/** Runs `work` in a transaction that is rolled back. */
export const inTransaction = <T>({ connection, config }: Session, work: () => Promise<T>) =>
  inDiscardedTransaction(connection, config.lockTimeoutMs, work)

/** All schemas. To be called in a transaction, whose search_path it sets. */
export async function readState(session: Session): Promise<ReplayedState> {
  const { connection, config } = session
  const all = await readSchemaNames(connection)
  const state = await readSchemas(
    session,
    all.filter((name) => name !== config.tables.schema),
  )
  const names = await readNames(connection)
  await connection.query(searchPathStatement(state.scope))
  return { ...state, names, objects: await readObjectNames(connection, config) }
}

/** The target schema and `schemas`. To be called in a transaction, whose search_path it sets. */
export async function readSchemas(
  { connection, config: { schema, tables } }: Session,
  schemas: readonly string[],
): Promise<SchemaState & { readonly scope: Scope }> {
  const scope = await liveScope(connection, { schema, schemas, tables })
  const snapshot = await readSnapshot(connection, scope)
  return { snapshot, extras: await readLiveExtras(connection, scope), scope }
}

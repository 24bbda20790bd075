import { readSnapshot } from '../../autogenerate/catalog/read-snapshot.ts'
import { liveScope, type Scope, searchPathStatement } from '../../autogenerate/catalog/scope.ts'
import { type LiveExtra, readLiveExtras } from '../../changes/live-extras.ts'
import { readSchemaNames } from '../../database/read-code-objects.ts'
import { emptySnapshot, type Snapshot } from '../../schema/snapshot.ts'
import type { Session } from '../../session/session.ts'
import { type Names, noNames, readNames } from './names.ts'
import { readObjectNames } from './object-names.ts'

/** All that is known of a database between two of its revisions. */
export interface ReplayedState {
  readonly snapshot: Snapshot
  /** What models cannot declare. */
  readonly extras: readonly LiveExtra[]
  readonly names: Names
  readonly objects: ReadonlySet<string>
  /** How it was read; null where there was nothing to read. */
  readonly scope: Scope | null
}

export const emptyState: ReplayedState = {
  snapshot: emptySnapshot,
  extras: [],
  names: noNames,
  objects: new Set(),
  scope: null,
}

/** To be called in a transaction, whose search_path it sets. */
export async function readState(session: Session): Promise<ReplayedState> {
  const { connection, config } = session
  const { schema, tables } = config
  const schemas = (await readSchemaNames(connection)).filter((name) => name !== tables.schema)
  const scope = await liveScope(connection, { schema, schemas, tables })
  const snapshot = await readSnapshot(connection, scope)
  const extras = await readLiveExtras(connection, scope)
  const names = await readNames(connection)
  await connection.query(searchPathStatement(scope))
  return { snapshot, extras, names, objects: await readObjectNames(connection, config), scope }
}

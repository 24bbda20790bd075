import { readSnapshot } from '../../src/autogenerate/catalog/read-snapshot.ts'
import { liveScope } from '../../src/autogenerate/catalog/scope.ts'
import { inDiscardedTransaction } from '../../src/autogenerate/shadow/discarded-transaction.ts'
import type { Connection } from '../../src/database/connection.ts'
import type { Tables } from '../../src/database/tables.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'

/** A finished database: default schema `schema`, and `schemas` beside it. */
export function readDatabase(
  connection: Connection,
  database: { schema: string; schemas: readonly string[]; tables: Tables },
): Promise<Snapshot> {
  return inDiscardedTransaction(connection, undefined, async () =>
    readSnapshot(connection, await liveScope(connection, database)),
  )
}

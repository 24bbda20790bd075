import type { Connection } from './connection.ts'
import { type NewestEntry, readNewestEntries } from './read-history.ts'
import { type Inventory, readInventory } from './read-inventory.ts'
import { type Interrupted, readPlainRows, readVersionState } from './read-state.ts'
import type { Tables } from './tables.ts'

/** All that deciding and planning ask the database; inside the lock it is the truth until the lock is given back. */
export interface DatabaseFacts {
  readonly inventory: Inventory
  /** Version rows, sorted, also of a table that another tool made; null when there is no version table. */
  readonly rows: readonly string[] | null
  readonly interrupted: Interrupted | null
  /** The newest history entry is a stamp of base. */
  readonly isStampedBase: boolean
  /** The newest history entry of every revision. */
  readonly records: ReadonlyMap<string, NewestEntry>
}

/** Asks it in one round trip. Throws LIMBECK_PERMISSION_DENIED. */
export async function readFacts(
  connection: Connection,
  tables: Tables,
  targetSchema: string,
): Promise<DatabaseFacts> {
  const asked = readInventory(connection, tables, targetSchema)
  const [inventory, state, plainRows, records] = await Promise.all([
    asked,
    readVersionState(connection, tables),
    readPlainRows(connection, tables),
    readNewestEntries(connection, tables),
  ]).catch(async (error: unknown) => {
    // Whose a table with other columns is comes before what it has not.
    await asked
    throw error
  })
  // A version table alone is another tool's that is being taken over.
  const rows = state.rows ?? (inventory.has.version ? plainRows : null)
  return {
    inventory,
    rows,
    interrupted: state.interrupted,
    isStampedBase: state.isStampedBase,
    records,
  }
}

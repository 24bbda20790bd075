import type { Connection } from '../database/connection.ts'
import { createSchema } from '../schema/ddl/schemas.ts'
import type { Operation, Rename } from '../schema/operation.ts'
import { orderedRenames } from '../schema/rename/order.ts'
import { newSchemas, renameStatements } from '../schema/rename/rename.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { readSnapshot } from './catalog/read-snapshot.ts'
import { objectName, type Scope, schemaList } from './catalog/scope.ts'
import { inDiscardedSavepoint } from './shadow/discarded-transaction.ts'

type ConstraintRename = Extract<Operation, { kind: 'rename constraint' }>

/** The database after renames, and what goes along with them. */
export interface Renamed {
  readonly snapshot: Snapshot
  /** NOT NULL constraints that PostgreSQL named after what has another name now (18), in the names after the renames. */
  readonly notNulls: readonly ConstraintRename[]
}

/** What the database would be after the renames, in PostgreSQL's own words: they are run and taken back. */
export async function readRenamed(
  connection: Connection,
  scope: Scope,
  renames: readonly Rename[],
  { schemas, declared }: Pick<Snapshot, 'schemas'> & { readonly declared?: readonly ObjectName[] },
): Promise<Renamed> {
  return await inDiscardedSavepoint(connection, async () => {
    const named = await namedByDefault(connection, scope)
    await carryOutRenames(connection, renames, schemas)
    const notNulls = await renamedNotNulls(connection, scope, named)
    return { snapshot: await readSnapshot(connection, scope, declared), notNulls }
  })
}

/** `schemas` are there. To be called in a transaction that is taken back, with the names looked up where the target schema is. */
export async function carryOutRenames(
  connection: Connection,
  renames: readonly Rename[],
  schemas: readonly string[],
): Promise<void> {
  const statements = [
    ...newSchemas(renames, schemas).map(createSchema),
    ...orderedRenames(renames).flatMap(renameStatements),
  ]
  for (const statement of statements) await connection.query(statement)
}

const constraints = `pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] WHERE k.contype = 'n'`
const defaultName = `c.relname || '_' || a.attname || '_not_null'`

/** Before PostgreSQL 18 there are none. */
async function namedByDefault(connection: Connection, scope: Scope): Promise<readonly string[]> {
  const rows = await connection.query<{ oid: string }>(
    `SELECT k.oid::text FROM ${constraints} AND n.nspname IN (${schemaList(scope)}) AND k.conname = ${defaultName}`,
  )
  return rows.map(({ oid }) => oid)
}

async function renamedNotNulls(
  connection: Connection,
  scope: Scope,
  oids: readonly string[],
): Promise<readonly ConstraintRename[]> {
  if (oids.length === 0) return []
  const rows = await connection.query<{ table: ObjectName; from: string; to: string }>(
    `SELECT json_strip_nulls(${objectName(scope, 'n.nspname', 'c.relname')}) AS table, k.conname AS from, ${defaultName} AS to
     FROM ${constraints} AND k.oid IN (${oids.join(', ')}) AND k.conname <> ${defaultName} AND octet_length(${defaultName}) < 64
     ORDER BY n.nspname, c.relname, a.attnum`,
  )
  return rows.map((row): ConstraintRename => ({ kind: 'rename constraint', ...row }))
}

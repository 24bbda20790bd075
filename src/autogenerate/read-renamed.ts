import type { Connection } from '../database/connection.ts'
import { createSchema } from '../schema/ddl/schemas.ts'
import { isSame } from '../schema/names.ts'
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
  readonly along: RenamedAlong
}

/** What PostgreSQL named after what has another name now, in the names and schemas after the renames. */
export interface RenamedAlong {
  /** NOT NULL constraints (18). */
  readonly notNulls: readonly ConstraintRename[]
  /** Sequences behind columns. */
  readonly sequences: readonly Rename[]
}

export const nothingAlong: RenamedAlong = { notNulls: [], sequences: [] }

/** What the database would be after the renames, in PostgreSQL's own words: they are run and taken back. */
export async function readRenamed(
  connection: Connection,
  scope: Scope,
  renames: readonly Rename[],
  {
    schemas,
    declared = [],
  }: Pick<Snapshot, 'schemas'> & { readonly declared?: readonly ObjectName[] },
): Promise<Renamed> {
  return await inDiscardedSavepoint(connection, async () => {
    const constraints = await namedByDefault(connection, scope, notNullNames)
    const behind = await namedByDefault(connection, scope, sequenceNames)
    await carryOutRenames(connection, renames, schemas)
    const notNulls = await renamed(connection, scope, notNullNames, constraints)
    const found = await renamed(connection, scope, sequenceNames, behind)
    const sequences = found.flatMap(({ table, from, to }): Rename[] => {
      const inSchema = (name: string) => ({ ...table, name })
      const isDeclared = declared.some((one) => isSame(one, inSchema(from)))
      return isDeclared ? [] : [{ of: 'sequence', from: inSchema(from), to: inSchema(to) }]
    })
    await rename(connection, sequences)
    return {
      snapshot: await readSnapshot(connection, scope, declared),
      along: {
        notNulls: notNulls.map((row): ConstraintRename => ({ kind: 'rename constraint', ...row })),
        sequences,
      },
    }
  })
}

/** `schemas` are there. To be called in a transaction that is taken back, with the names looked up where the target schema is. */
export async function carryOutRenames(
  connection: Connection,
  renames: readonly Rename[],
  schemas: readonly string[],
  along: readonly Rename[] = [],
): Promise<void> {
  for (const schema of newSchemas(renames, schemas)) await connection.query(createSchema(schema))
  await rename(connection, renames)
  await rename(connection, along)
}

async function rename(connection: Connection, renames: readonly Rename[]): Promise<void> {
  for (const statement of orderedRenames(renames).flatMap(renameStatements))
    await connection.query(statement)
}

/** What has a name made of its table's and its column's: `c`, `n` and `a` are the table, its schema and the column. */
interface DefaultNames {
  readonly from: string
  readonly oid: string
  readonly name: string
  readonly byDefault: string
  /** Whether another object has that name. */
  readonly isTaken: (oids: string) => string
}

/** Before PostgreSQL 18 there are none. */
const notNullNames: DefaultNames = {
  from: `pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] AND k.contype = 'n'`,
  oid: 'k.oid',
  name: 'k.conname',
  byDefault: `c.relname || '_' || a.attname || '_not_null'`,
  isTaken: () => 'false',
}

const sequenceNames: DefaultNames = {
  from: `pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND s.relkind = 'S'
  JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid) AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace`,
  oid: 's.oid',
  name: 's.relname',
  byDefault: `c.relname || '_' || a.attname || '_seq'`,
  isTaken: (oids) =>
    `EXISTS (SELECT FROM pg_class o WHERE o.relnamespace = s.relnamespace AND o.relname = c.relname || '_' || a.attname || '_seq' AND o.oid NOT IN (${oids}))`,
}

async function namedByDefault(
  connection: Connection,
  scope: Scope,
  { from, oid, name, byDefault }: DefaultNames,
): Promise<readonly string[]> {
  const rows = await connection.query<{ oid: string }>(
    `SELECT ${oid}::text AS oid FROM ${from} WHERE n.nspname IN (${schemaList(scope)}) AND ${name} = ${byDefault}`,
  )
  return rows.map((row) => row.oid)
}

async function renamed(
  connection: Connection,
  scope: Scope,
  { from, oid, name, byDefault, isTaken }: DefaultNames,
  oids: readonly string[],
): Promise<readonly { readonly table: ObjectName; readonly from: string; readonly to: string }[]> {
  if (oids.length === 0) return []
  const all = oids.join(', ')
  return await connection.query(
    `SELECT json_strip_nulls(${objectName(scope, 'n.nspname', 'c.relname')}) AS table, ${name} AS from, ${byDefault} AS to
     FROM ${from} WHERE ${oid} IN (${all}) AND ${name} <> ${byDefault} AND octet_length(${byDefault}) < 64 AND NOT ${isTaken(all)}
     ORDER BY n.nspname, c.relname, a.attnum`,
  )
}

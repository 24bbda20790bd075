import { addConstraint, addForeignKey, uniqueClause } from './ddl/constraints.ts'
import { createEnum } from './ddl/enums.ts'
import { createIndex } from './ddl/indexes.ts'
import { createPolicy } from './ddl/policies.ts'
import { createRole } from './ddl/roles.ts'
import { createSchema } from './ddl/schemas.ts'
import { createSequence } from './ddl/sequences.ts'
import { createTable, enableRowSecurity } from './ddl/tables.ts'
import { twinKeys } from './ddl/twin-keys.ts'
import { createView } from './ddl/views.ts'
import { dependenciesFirst } from './dependencies-first.ts'
import { keyOf } from './names.ts'
import type { ObjectName, Schema, Table } from './schema.ts'
import { viewsInOrder } from './view-order.ts'

/** A statement and what it makes. */
export interface CreateStep {
  readonly kind:
    | 'role'
    | 'schema'
    | 'enum'
    | 'sequence'
    | 'table'
    | 'unique'
    | 'index'
    | 'foreign key'
    | 'view'
    | 'row security'
    | 'policy'
  readonly name: string
  /** What it is a part of, or the object itself. */
  readonly on: ObjectName
  readonly sql: string
}

/**
 * The statements that build `schema` in an empty database, in the order to run them, without closing semicolons;
 * none for an empty schema. What is in the default schema is unqualified: search_path says where it goes.
 */
export function createStatements(schema: Schema): readonly string[] {
  return createSteps(schema).map((step) => step.sql)
}

/** `createStatements`, each with the object that it makes. */
export function createSteps(schema: Schema): readonly CreateStep[] {
  // As a person would write them: what others point at comes before them.
  const tables = dependenciesFirst(schema.tables, ({ foreignKeys }) =>
    foreignKeys.map(({ foreignTable }) => keyOf(foreignTable)),
  )
  return [
    ...schema.roles.map((role) => step('role', role, createRole(role))),
    ...schema.schemas.map((name) => step('schema', { name }, createSchema(name))),
    ...schema.enums.map((item) => step('enum', item, createEnum(item))),
    ...schema.sequences.map((item) => step('sequence', item, createSequence(item))),
    ...tables.map((table) => step('table', table, createTable(table))),
    ...tables.flatMap((table) =>
      [...twinKeys(table)].map((unique) => ({
        ...step('unique', table, addConstraint(table, uniqueClause(unique))),
        name: unique.name ?? unique.columns.join(),
      })),
    ),
    ...parts('index', tables, (table) => table.indexes, createIndex),
    // After the indexes: a foreign key may point at columns that only a unique index makes unique.
    ...parts('foreign key', tables, (table) => table.foreignKeys, addForeignKey),
    ...viewsInOrder(schema.views).map((view) => step('view', view, createView(view))),
    // Last: their expressions may read any table or view.
    ...tables
      .filter((table) => table.rowSecurity)
      .map((table) => step('row security', table, enableRowSecurity(table))),
    ...parts('policy', tables, (table) => table.policies, createPolicy),
  ]
}

function step(kind: CreateStep['kind'], { schema, name }: ObjectName, sql: string): CreateStep {
  return { kind, name, on: { schema, name }, sql }
}

function parts<T extends { readonly name: string }>(
  kind: CreateStep['kind'],
  tables: readonly Table[],
  partsOf: (table: Table) => readonly T[],
  create: (table: Table, part: T) => string,
): readonly CreateStep[] {
  return tables.flatMap((table) =>
    partsOf(table).map((part) => ({
      ...step(kind, table, create(table, part)),
      name: part.name,
    })),
  )
}

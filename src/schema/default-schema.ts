import type { ObjectName, Schema, Table } from './schema.ts'

/** The models with what they put into schema `target` by name in the default schema: there it is the same schema. */
export function inDefaultSchema(models: Schema, target: string): Schema {
  const moved = <T extends ObjectName>(object: T): T =>
    object.schema === target ? { ...object, schema: undefined } : object
  return {
    ...models,
    schemas: models.schemas.filter((name) => name !== target),
    enums: models.enums.map(moved),
    sequences: models.sequences.map(moved),
    tables: models.tables.map((table) => moved(withReferences(table, moved))),
    views: models.views.map(moved),
    existing: models.existing.map(moved),
  }
}

/** The table with `rename` applied to every object that its columns and foreign keys refer to by name. */
export function withReferences(table: Table, rename: (name: ObjectName) => ObjectName): Table {
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.type.kind === 'enum'
        ? { ...column, type: { ...column.type, name: rename(column.type.name) } }
        : column,
    ),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...key,
      foreignTable: rename(key.foreignTable),
    })),
  }
}

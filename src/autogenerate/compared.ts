import { keyOf } from '../schema/names.ts'
import type { ObjectName, Schema } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'

/** Whether the filter lets an object be compared; without `schema` it is in the default one. */
export type IsCompared = (object: {
  readonly kind:
    | 'table'
    | 'view'
    | 'enum'
    | 'sequence'
    | 'column'
    | 'index'
    | 'constraint'
    | 'policy'
  readonly schema?: string
  readonly name: string
  /** Of a part of a table. */
  readonly table?: string
}) => boolean

/** The snapshot without what the filter excludes and without the views that the models call existing. */
export function compared(snapshot: Snapshot, models: Schema, isCompared: IsCompared): Snapshot {
  const existing = new Set(models.existing.map(keyOf))
  const only = <T extends ObjectName>(
    kind: 'table' | 'view' | 'enum' | 'sequence',
    items: readonly T[],
  ) => items.filter(({ schema, name }) => isCompared({ kind, ...inSchema(schema), name }))
  const result = {
    ...snapshot,
    enums: only('enum', snapshot.enums),
    sequences: only('sequence', snapshot.sequences),
    views: only('view', snapshot.views).filter((view) => !existing.has(keyOf(view))),
    tables: only('table', snapshot.tables).map((table) => {
      const parts = <T extends { readonly name: string }>(
        kind: 'column' | 'index' | 'constraint' | 'policy',
        items: readonly T[],
      ) =>
        items.filter(({ name }) =>
          isCompared({ kind, ...inSchema(table.schema), name, table: table.name }),
        )
      const columns = parts('column', table.columns)
      const isWhole = columns.length === table.columns.length
      const names = new Set(columns.map(({ name }) => name))
      // What needs a column that is left alone is left alone with it.
      const areCompared = (needed: readonly string[]) =>
        isWhole || needed.every((name) => names.has(name))
      return {
        ...table,
        columns: isWhole ? table.columns : columns,
        constraints: parts('constraint', table.constraints).filter((one) =>
          areCompared(one.columns),
        ),
        indexes: parts('index', table.indexes).filter((one) => areCompared(one.reads)),
        policies: parts('policy', table.policies),
      }
    }),
  }
  const occupied = [...(snapshot.occupied ?? []), ...schemasOfRemoved(snapshot, result)]
  return occupied.length === 0 ? result : { ...result, occupied }
}

/** What is not compared stays where it is. */
function schemasOfRemoved(all: Snapshot, compared: Snapshot): readonly string[] {
  const objectsOf = ({ enums, sequences, tables, views }: Snapshot): readonly ObjectName[] => [
    ...enums,
    ...sequences,
    ...tables,
    ...views,
  ]
  const left = new Set(objectsOf(compared).map(keyOf))
  const removed = objectsOf(all).filter((object) => !left.has(keyOf(object)))
  return [...new Set(removed.flatMap(({ schema }) => schema ?? []))]
}

function inSchema(schema: string | undefined): { schema?: string } {
  return schema === undefined ? {} : { schema }
}

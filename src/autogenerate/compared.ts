import { keyOf } from '../schema/names.ts'
import type { ObjectName, Schema } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'

/** Whether the filter lets an object be compared; without `schema` it is in the default one. */
export type IsCompared = (object: {
  readonly kind: 'table' | 'view' | 'enum' | 'sequence' | 'index' | 'constraint' | 'policy'
  readonly schema?: string
  readonly name: string
  /** Of an index, a constraint and a policy. */
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
        kind: 'index' | 'constraint' | 'policy',
        items: readonly T[],
      ) =>
        items.filter(({ name }) =>
          isCompared({ kind, ...inSchema(table.schema), name, table: table.name }),
        )
      return {
        ...table,
        constraints: parts('constraint', table.constraints),
        indexes: parts('index', table.indexes),
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

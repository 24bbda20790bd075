import { is } from 'drizzle-orm'
import { type PgPolicy, PgTable } from 'drizzle-orm/pg-core'
import { label } from '../../autogenerate/labels.ts'
import { refuseCollisions } from '../../schema/refuse-collisions.ts'
import type { Schema } from '../../schema/schema.ts'
import { columnEnum } from './column.ts'
import {
  type CollectedModels,
  collectModels,
  type EnumModel,
  readTable,
  type TableModel,
} from './models.ts'
import {
  distinctObjects,
  enumFromModel,
  roleFromModel,
  schemaNames,
  sequenceFromModel,
} from './objects.ts'
import type { LinkedPolicies } from './policy.ts'
import { refuse } from './refuse.ts'
import { type Casing, createRenderer } from './sql.ts'
import { tableFromModel } from './table.ts'
import { viewFromModel } from './view.ts'

export interface FromModelsOptions {
  /** The `casing` given to `drizzle()` with drizzle-orm 0.45; none by default. With 1.0 the models say it themselves. */
  readonly casing?: Casing
}

/**
 * What the models declare, in their order: every table, enum, sequence, schema and view exported by `models`, or one
 * level deeper. Throws LIMBECK_UNSUPPORTED_MODEL with the name of whatever cannot be turned into DDL.
 */
export function schemaFromModels(
  models: Readonly<Record<string, unknown>>,
  options: FromModelsOptions = {},
): Schema {
  const found = collectModels(models)
  const renderer = createRenderer(options.casing)
  const tables = [...found.tables].map(readTable)
  const policies = linkedPolicies(found, tables)
  const views = [...found.views].map((view) => viewFromModel(view, renderer))
  const objects = {
    enums: distinctObjects('enum', enumModels(found, tables).map(enumFromModel)),
    sequences: distinctObjects('sequence', [...found.sequences].map(sequenceFromModel)),
    tables: distinctObjects(
      'table',
      tables.map((table) => tableFromModel(table, policies, renderer)),
    ),
    views: distinctObjects(
      'view',
      views.filter((view) => view.query !== undefined),
    ),
  }
  const schema: Schema = {
    roles: distinctObjects('role', [...found.roles].map(roleFromModel)),
    schemas: schemaNames(found.schemas, Object.values(objects).flat()),
    ...objects,
    existing: views
      .filter((view) => view.query === undefined)
      .map(({ schema, name }) => ({ schema, name })),
  }
  refuseCollisions(schema)
  return schema
}

/** The exported enums, then those that only a column knows. */
function enumModels(found: CollectedModels, tables: readonly TableModel[]): readonly EnumModel[] {
  const used = tables.flatMap(({ columns }) =>
    columns.flatMap((column) => columnEnum(column) ?? []),
  )
  return [...new Set([...found.enums, ...used])]
}

/** Exported policies by the table they are linked to; those that stand in their table's own list are no news. */
function linkedPolicies(found: CollectedModels, tables: readonly TableModel[]): LinkedPolicies {
  const inTables = new Set(tables.flatMap((table) => table.policies))
  const linked = new Map<PgTable, PgPolicy[]>()
  for (const policy of found.policies) {
    if (inTables.has(policy)) continue
    const { _linkedTable: table } = policy as { _linkedTable?: unknown }
    if (!is(table, PgTable) || !found.tables.has(table))
      refuse(label('policy', policy.name), 'belongs to no table of the models')
    linked.set(table, [...(linked.get(table) ?? []), policy])
  }
  return linked
}

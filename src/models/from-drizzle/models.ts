import { getTableName, is, Table, View } from 'drizzle-orm'
import {
  getMaterializedViewConfig,
  getTableConfig,
  getViewConfig,
  isPgEnum,
  isPgMaterializedView,
  isPgSchema,
  isPgSequence,
  isPgView,
  type PgEnum,
  type PgMaterializedView,
  PgPolicy,
  PgRole,
  type PgSchema,
  type PgSequence,
  PgTable,
  type PgView,
} from 'drizzle-orm/pg-core'
import { label } from '../../autogenerate/labels.ts'
import { reading, refuse } from './refuse.ts'

export type EnumModel = PgEnum<[string, ...string[]]>
export type SequenceModel = PgSequence
export type ViewModel = PgView | PgMaterializedView

/** The Drizzle objects among the exports, each once, in order of appearance. */
export interface CollectedModels {
  readonly tables: ReadonlySet<PgTable>
  readonly enums: ReadonlySet<EnumModel>
  readonly sequences: ReadonlySet<SequenceModel>
  readonly schemas: ReadonlySet<PgSchema>
  readonly views: ReadonlySet<ViewModel>
  readonly policies: ReadonlySet<PgPolicy>
  /** Without those declared as `existing()`. */
  readonly roles: ReadonlySet<PgRole>
}

/** A table with what its callbacks returned, read once. */
export interface TableModel extends ReturnType<typeof getTableConfig> {
  readonly table: PgTable
  /** How messages name it. */
  readonly label: string
}

/** Calls the table's callbacks. Throws LIMBECK_UNSUPPORTED_MODEL with what they throw as the cause. */
export function readTable(table: PgTable): TableModel {
  const name = getTableName(table)
  const config = reading(label('table', name), 'its definition cannot be read', () =>
    getTableConfig(table),
  )
  return { ...config, table, label: label('table', name, config.schema) }
}

/** Drizzle's own mark of `alias(table, …)`, shared by all copies of it; there is no public accessor. */
const IS_ALIAS = Symbol.for('drizzle:IsAlias')

/**
 * Finds the models among a module's exports, one level into plain objects and arrays. Relations and other exports
 * are ignored. Throws LIMBECK_UNSUPPORTED_MODEL for models of another database.
 */
export function collectModels(exported: Readonly<Record<string, unknown>>): CollectedModels {
  const models = {
    tables: new Set<PgTable>(),
    enums: new Set<EnumModel>(),
    sequences: new Set<SequenceModel>(),
    schemas: new Set<PgSchema>(),
    views: new Set<ViewModel>(),
    policies: new Set<PgPolicy>(),
    roles: new Set<PgRole>(),
  }
  const add = (value: unknown): void => {
    if (is(value, PgTable)) isAlias(value) || models.tables.add(value)
    else if (isPgEnum(value)) models.enums.add(value)
    else if (isPgSequence(value)) models.sequences.add(value)
    else if (isPgSchema(value)) models.schemas.add(value)
    else if (isPgView(value)) getViewConfig(value).isAlias || models.views.add(value)
    else if (isPgMaterializedView(value))
      getMaterializedViewConfig(value).isAlias || models.views.add(value)
    else if (is(value, PgPolicy)) models.policies.add(value)
    else if (is(value, PgRole)) isExisting(value) || models.roles.add(value)
    else refuseForeign(value)
  }
  for (const value of Object.values(exported)) {
    add(value)
    if (isContainer(value)) for (const nested of Object.values(value)) add(nested)
  }
  return models
}

function refuseForeign(value: unknown): void {
  if (is(value, Table))
    refuse(label('table', getTableName(value)), 'is not a PostgreSQL table (pgTable)')
  if (is(value, View)) refuse('view', 'a view of another database than PostgreSQL')
}

function isExisting(role: PgRole): boolean {
  return (role as { _existing?: boolean })._existing === true
}

function isAlias(table: PgTable): boolean {
  return (table as { [IS_ALIAS]?: boolean })[IS_ALIAS] === true
}

/** Plain data and module namespaces only: tables and clients are full of objects that are no exports. */
function isContainer(value: unknown): value is Record<string, unknown> | readonly unknown[] {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

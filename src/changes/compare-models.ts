import { type Comparison, compareWithDatabase } from '../autogenerate/compare-with-database.ts'
import type { IsCompared } from '../autogenerate/compared.ts'
import { labelOf } from '../autogenerate/labels.ts'
import type { AutogenerateOptions } from '../config/autogenerate-options.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import type { Rename } from '../schema/operation.ts'
import type { ObjectName, Schema } from '../schema/schema.ts'
import type { ColumnSnapshot, Snapshot, TableSnapshot } from '../schema/snapshot.ts'
import type { Revisions } from '../script/revisions.ts'
import { type Session, target } from '../session/session.ts'
import { fileCache } from './file-cache.ts'
import { leaveRowSecurity } from './leave-row-security.ts'
import { comparedObjects } from './object-filter.ts'
import { revisionSchemas } from './revision-schemas.ts'
import { namedHooks } from './wrap-hooks.ts'

/** How a comparison is to be made. */
export interface CompareModelsOptions {
  readonly renames?: readonly Rename[]
  /** Which of the compared tables and views. Default: all. */
  readonly only?: ((relation: ObjectName) => boolean) | undefined
  /** Whether what the models make is kept for the next comparison. Default: true. */
  readonly cached?: boolean
}

/** Compares the models with the database as configured; nothing is left behind in it. */
export async function compareModels(
  { config, connection }: Pick<Session, 'config' | 'connection'>,
  { scripts }: Revisions,
  models: Schema,
  { renames = [], only, cached = true }: CompareModelsOptions = {},
): Promise<Comparison> {
  const { schemas = [], shadowUrl } = config.autogenerate
  const isCompared = comparedObjects(config)
  const options = {
    schema: config.schema,
    schemas: [...schemas, ...(await revisionSchemas(scripts))],
    isCompared: only === undefined ? isCompared : within(isCompared, only),
    tables: config.tables,
    renames,
    lockTimeoutMs: config.lockTimeoutMs,
    cache: cached ? fileCache() : undefined,
  }
  const compare = (scratch?: Connection) =>
    compareWithDatabase(connection, models, options, scratch)
  const comparison =
    shadowUrl === undefined
      ? await compare()
      : await withConnection({ ...target(config), url: shadowUrl }, 'SELECT 1', compare)
  const after = leaveRowSecurity(comparison.before, comparison.after)
  return {
    ...comparison,
    after: withOverrides({ ...comparison, after }, namedHooks(config.autogenerate)),
  }
}

function within(isCompared: IsCompared, only: (relation: ObjectName) => boolean): IsCompared {
  return (object) =>
    isCompared(object) && ((object.kind !== 'table' && object.kind !== 'view') || only(object))
}

/** What the comparators call equal is taken over from the database: then nothing differs. */
function withOverrides(
  { before, after }: Comparison,
  { compareType, compareDefault }: AutogenerateOptions,
): Snapshot {
  if (compareType === undefined && compareDefault === undefined) return after
  const override = (table: TableSnapshot, column: ColumnSnapshot): ColumnSnapshot => {
    const old = before.tables
      .find(({ schema, name }) => schema === table.schema && name === table.name)
      ?.columns.find(({ name }) => name === column.name)
    if (old === undefined) return column
    const where = { table: labelOf(table), column: column.name }
    const { default: expression, ...rest } = compareType?.(old.type, column.type, where)
      ? { ...column, type: old.type }
      : column
    const chosen = compareDefault?.(old.default, expression, where) ? old.default : expression
    return chosen === undefined ? rest : { ...rest, default: chosen }
  }
  return {
    ...after,
    tables: after.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => override(table, column)),
    })),
  }
}

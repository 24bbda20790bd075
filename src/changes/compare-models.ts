import { type Comparison, compareWithDatabase } from '../autogenerate/compare-with-database.ts'
import { labelOf } from '../autogenerate/labels.ts'
import type { AutogenerateOptions } from '../config/autogenerate-options.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import type { Rename } from '../schema/operation.ts'
import type { Schema } from '../schema/schema.ts'
import type { ColumnSnapshot, Snapshot, TableSnapshot } from '../schema/snapshot.ts'
import type { Revisions } from '../script/revisions.ts'
import { type Session, target } from '../session/session.ts'
import { fileCache } from './file-cache.ts'
import { leaveRowSecurity } from './leave-row-security.ts'
import { comparedObjects } from './object-filter.ts'
import { revisionSchemas } from './revision-schemas.ts'
import { namedHooks } from './wrap-hooks.ts'

/** Compares the models with the database as configured; nothing is left behind in it. */
export async function compareModels(
  { config, connection }: Session,
  { scripts }: Revisions,
  models: Schema,
  renames: readonly Rename[] = [],
): Promise<Comparison> {
  const { schemas = [], shadowUrl } = config.autogenerate
  const options = {
    schema: config.schema,
    schemas: [...schemas, ...(await revisionSchemas(scripts))],
    isCompared: comparedObjects(config),
    tables: config.tables,
    renames,
    lockTimeoutMs: config.lockTimeoutMs,
    cache: fileCache(),
  }
  const compare = (shadow?: Connection) =>
    compareWithDatabase(connection, models, { ...options, ...(shadow && { shadow }) })
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

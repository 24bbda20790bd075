import type { Connection } from '../../database/connection.ts'
import { keyOf, nameOf as objectNameOf, sortedBy } from '../../schema/names.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type {
  IndexSnapshot,
  SequenceSnapshot,
  Snapshot,
  TableSnapshot,
  ViewSnapshot,
} from '../../schema/snapshot.ts'
import { type ColumnRow, columnSnapshot } from './columns.ts'
import { type ConstraintRow, constraintSnapshot } from './constraints.ts'
import { type IndexRow, indexSnapshot } from './indexes.ts'
import { type PolicyRow, policySnapshot } from './policies.ts'
import { type CatalogRows, catalogRows, readCatalog } from './read-catalog.ts'
import type { SchemaRow } from './schemas.ts'
import type { Scope } from './scope.ts'
import { type SequenceRow, sequenceSnapshot } from './sequences.ts'
import { sequencesBehind } from './sequences-behind.ts'
import type { ColumnNames } from './sql-fragments.ts'
import type { TableRow } from './tables.ts'
import { type ViewRow, viewSnapshot } from './views.ts'

/** What the schemas of the scope hold; see `readCatalog`. `declared` are the sequences of the models. */
export async function readSnapshot(
  connection: Connection,
  scope: Scope,
  declared?: readonly ObjectName[],
): Promise<Snapshot> {
  return snapshotOf(catalogRows(await readCatalog(connection, scope), scope), declared)
}

/** The rows put together. */
export function snapshotOf(rows: CatalogRows, declared?: readonly ObjectName[]): Snapshot {
  const { schemas, enums, sequences, tables, columns, views } = rows
  const occupied = schemaNames(schemas.filter((schema) => schema.occupied))
  const behind = sequencesBehind(columns, sequences, declared)
  const hidden = new Set(behind.values())
  const parts = {
    behind,
    columns: byTable(columns),
    constraints: byTable(rows.constraints),
    indexes: byTable(rows.indexes),
    policies: byTable(rows.policies),
  }
  const [{ version = 0 } = {}] = schemas
  return {
    ...(version >= SET_EXPRESSION && { altersExpressions: true }),
    schemas: schemaNames(schemas),
    ...(occupied.length > 0 && { occupied }),
    enums: sortedBy(enums, keyOf),
    sequences: sortedBy(
      sequences
        .filter((row) => !hidden.has(row))
        .map((row) => sequenceSnapshot(row, ownerOf(row, rows))),
      keyOf,
    ),
    tables: sortedBy(
      tables.map((row) => tableSnapshot(row, parts)),
      keyOf,
    ),
    views: sortedBy(
      views.map((row) => viewSnapshot(row, viewParts(row, parts))),
      keyOf,
    ),
  }
}

function ownerOf(
  { owner }: SequenceRow,
  { tables, columns }: Pick<CatalogRows, 'tables' | 'columns'>,
): SequenceSnapshot['ownedBy'] {
  const table = tables.find(({ oid }) => oid === owner?.table)
  const column = columns.find((one) => one.table === owner?.table && one.number === owner.number)
  return table && column && { table: objectNameOf(table), column: column.name }
}

/** The first PostgreSQL that gives a generated column another expression without making it again. */
const SET_EXPRESSION = 17

function schemaNames(rows: readonly SchemaRow[]): readonly string[] {
  const names = rows.flatMap(({ name }) => name ?? [])
  return sortedBy(names, (name) => name)
}

/** What hangs on tables and materialized views, by their oid. */
interface Parts {
  readonly behind: ReadonlyMap<ColumnRow, SequenceRow>
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>
  readonly constraints: ReadonlyMap<string, readonly ConstraintRow[]>
  readonly indexes: ReadonlyMap<string, readonly IndexRow[]>
  readonly policies: ReadonlyMap<string, readonly PolicyRow[]>
}

function tableSnapshot({ oid, ...table }: TableRow, parts: Parts): TableSnapshot {
  const columns = columnsOf(oid, parts)
  const names = namesOf(columns)
  return {
    ...table,
    columns: columns.map((column) => columnSnapshot(column, parts.behind.get(column))),
    constraints: sortedBy(
      (parts.constraints.get(oid) ?? []).map((row) => constraintSnapshot(row, names)),
      nameOf,
    ),
    indexes: indexesOf(oid, names, parts),
    policies: sortedBy((parts.policies.get(oid) ?? []).map(policySnapshot), nameOf),
  }
}

function viewParts({ oid }: ViewRow, parts: Parts): Pick<ViewSnapshot, 'columns' | 'indexes'> {
  const columns = columnsOf(oid, parts)
  const indexes = indexesOf(oid, namesOf(columns), parts)
  return { columns: columns.map(nameOf), ...(indexes.length > 0 && { indexes }) }
}

function columnsOf(oid: string, { columns }: Parts): readonly ColumnRow[] {
  return [...(columns.get(oid) ?? [])].sort((a, b) => a.number - b.number)
}

function indexesOf(oid: string, names: ColumnNames, { indexes }: Parts): readonly IndexSnapshot[] {
  return sortedBy(
    (indexes.get(oid) ?? []).map((row) => indexSnapshot(row, names)),
    nameOf,
  )
}

function namesOf(columns: readonly ColumnRow[]): ColumnNames {
  return new Map(columns.map(({ number, name }) => [number, name]))
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

function byTable<T extends { readonly table: string }>(
  rows: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.table)
    if (group === undefined) groups.set(row.table, [row])
    else group.push(row)
  }
  return groups
}

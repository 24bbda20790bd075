import { is, SQL } from 'drizzle-orm'
import type { IndexedColumn, Index as IndexModel } from 'drizzle-orm/pg-core'
import type { Index, IndexElement } from '../../schema/schema.ts'
import type { TableModel } from './models.ts'
import { indexName } from './names.ts'
import { refuse } from './refuse.ts'
import type { Renderer } from './sql.ts'

/** An index with drizzle-kit's name where the model gives none. Throws LIMBECK_UNSUPPORTED_MODEL where none follows. */
export function indexFromModel(
  { config }: IndexModel,
  model: TableModel,
  renderer: Renderer,
): Index {
  const object = `${model.label}, index${config.name === undefined ? '' : ` "${config.name}"`}`
  const elements = config.columns.map((column) => indexElement(column, object, renderer))
  return {
    name:
      config.name ??
      indexName(
        model.name,
        elements.map((element) => elementName(element, object)),
      ),
    unique: config.unique,
    method: config.method ?? 'btree',
    elements,
    where: config.where && renderer.tableExpression(config.where, object),
    storage: Object.fromEntries(
      Object.entries(config.with ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  }
}

function indexElement(
  column: Partial<IndexedColumn | SQL>,
  object: string,
  renderer: Renderer,
): IndexElement {
  if (is(column, SQL))
    return { kind: 'expression', expression: renderer.tableExpression(column, object) }
  const indexed = column as Partial<IndexedColumn>
  // `{}` where 1.0 was given a column of the table itself.
  const {
    order = 'asc',
    nulls = order === 'asc' ? 'last' : 'first',
    opClass,
  } = indexed.indexConfig ?? {}
  return {
    kind: 'column',
    column: renderer.columnName(indexed),
    operatorClass: opClass,
    descending: order === 'desc',
    nullsFirst: nulls === 'first',
  }
}

function elementName(element: IndexElement, object: string): string {
  if (element.kind === 'column') return element.column
  return refuse(object, 'needs a name, since it is on an expression', "Write index('name')")
}

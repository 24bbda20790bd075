import type { SQL } from 'drizzle-orm'
import { getMaterializedViewConfig, getViewConfig, isPgView } from 'drizzle-orm/pg-core'
import { label } from '../../autogenerate/labels.ts'
import type { ObjectName, View } from '../../schema/schema.ts'
import type { ViewModel } from './models.ts'
import type { Renderer } from './sql.ts'

/** The view, or only its name where it is declared as `existing()`. */
export function viewFromModel(model: ViewModel, renderer: Renderer): View | ExistingView {
  const config: ViewConfig = isPgView(model)
    ? getViewConfig(model)
    : getMaterializedViewConfig(model)
  const { schema, name, query } = config
  if (query === undefined) return { schema, name, query }
  const materialized = !isPgView(model)
  const object = label(materialized ? 'materialized view' : 'view', name, schema)
  return {
    schema,
    name,
    materialized,
    query: renderer.query(query, object).replace(/[\s;]+$/, ''),
    options: viewOptions(config.with),
    accessMethod: config.using,
    tablespace: config.tablespace,
    withNoData: config.withNoData === true,
  }
}

interface ExistingView extends ObjectName {
  readonly query: undefined
}

type ViewConfig = Pick<ReturnType<typeof getViewConfig>, 'schema' | 'name'> &
  Partial<
    Pick<ReturnType<typeof getMaterializedViewConfig>, 'using' | 'tablespace' | 'withNoData'>
  > & {
    readonly query?: SQL
    readonly with?: object
  }

/** Drizzle's camelCase keys are PostgreSQL's parameters in snake_case. */
function viewOptions(options: object | undefined): Readonly<Record<string, string>> {
  const set = Object.entries(options ?? {}).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  return Object.fromEntries(
    set.map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      String(value),
    ]),
  )
}

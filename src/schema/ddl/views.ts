import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts'
import { closed } from '../../sql/tokens.ts'
import { keyOf } from '../names.ts'
import type { ObjectName, View } from '../schema.ts'
import type { ViewSnapshot } from '../snapshot.ts'
import { storageClause } from './storage.ts'

/** `CREATE VIEW` or `CREATE MATERIALIZED VIEW`. */
export function createView(view: View): string {
  const head = [
    view.materialized ? 'CREATE MATERIALIZED VIEW' : 'CREATE VIEW',
    qualifiedName(view.schema, view.name),
  ]
  if (view.accessMethod !== undefined) head.push(`USING ${quoteIdentifier(view.accessMethod)}`)
  head.push(...storageClause(view.options))
  if (view.tablespace !== undefined) head.push(`TABLESPACE ${quoteIdentifier(view.tablespace)}`)
  const statement = `${head.join(' ')} AS\n${closed(view.query)}`
  return view.withNoData ? `${statement}\nWITH NO DATA` : statement
}

/** The same for a view as PostgreSQL spells it. */
export function createViewAgain(view: ViewSnapshot): string {
  return createView({ ...view, withNoData: view.populated === false })
}

/** `DROP VIEW` or `DROP MATERIALIZED VIEW`. */
export function dropView(view: ObjectName & { readonly materialized: boolean }): string {
  return `DROP ${view.materialized ? 'MATERIALIZED VIEW' : 'VIEW'} ${keyOf(view)}`
}

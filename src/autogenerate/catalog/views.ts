import { isExtensionMember } from '../../database/catalog-conditions.ts'
import { sortedBy } from '../../schema/names.ts'
import type { ViewSnapshot } from '../../schema/snapshot.ts'
import { type Scope, schemaList, schemaName } from './scope.ts'
import {
  asJson,
  enumsMentioned,
  type ReadRow,
  readRelations,
  relationsRead,
} from './sql-fragments.ts'

export interface ViewRow {
  readonly oid: string
  readonly schema?: string
  readonly name: string
  readonly materialized: boolean
  readonly query: string
  readonly options?: readonly string[]
  readonly reads: readonly ReadRow[]
  readonly enums: ViewSnapshot['enums']
  readonly carries?: ViewSnapshot['carries']
  readonly populated?: boolean
}

/** Views and materialized views. */
export function viewsQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT c.oid, ${schemaName(scope, 'n.nspname')} AS schema, c.relname AS name, c.relkind = 'm' AS materialized,
  CASE WHEN c.relkind = 'm' THEN c.relispopulated END AS populated,
  pg_get_viewdef(c.oid) AS query, c.reloptions AS options,
  ${relationsRead(scope, 'pg_rewrite', 'r.oid', 'c.oid')} AS reads,
  ${enumsMentioned(scope, 'pg_rewrite', 'r.oid')} AS enums,
  nullif(array_remove(ARRAY[
    CASE WHEN c.relacl IS NOT NULL OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) THEN 'grants' END,
    CASE WHEN EXISTS (SELECT FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid) THEN 'comments' END,
    CASE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) THEN 'triggers' END], NULL), '{}') AS carries
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
WHERE n.nspname IN (${schemaList(scope)}) AND c.relkind IN ('v', 'm') AND NOT ${isExtensionMember('pg_class', 'c.oid')}`,
  )
}

/** `parts` are those of a materialized view. */
export function viewSnapshot(
  { oid: _, query, options = [], reads, ...row }: ViewRow,
  parts: Pick<ViewSnapshot, 'columns' | 'indexes'>,
): ViewSnapshot {
  const settings = options.map((option): [string, string] => {
    const [name = '', ...value] = option.split('=')
    return [name, value.join('=')]
  })
  return {
    ...row,
    ...parts,
    query: viewQuery(query),
    options: Object.fromEntries(sortedBy(settings, ([name]) => name)),
    reads: readRelations(reads),
  }
}

/** pg_get_viewdef() without its blanks and the closing semicolon. */
export function viewQuery(definition: string): string {
  return definition.replace(/;\s*$/, '').trim()
}

import type { Node, RangeVar } from 'libpg-query'
import { loadGrammar } from './grammar.ts'

/** The table that a statement is about, as written: `name`, or `schema.name`. */
export interface StatementTable {
  readonly table: string | null
  /** The statement makes it. */
  readonly creates: boolean
}

/** Which table a statement makes or changes, by PostgreSQL's own grammar; null for any other statement. */
export async function statementTable(sql: string): Promise<StatementTable> {
  const { parse } = await loadGrammar()
  const node = (await parse(sql)).stmts?.[0]?.stmt
  return node === undefined ? none : tableOf(node)
}

const none: StatementTable = { table: null, creates: false }

function tableOf(node: Node): StatementTable {
  if ('CreateStmt' in node) return { table: nameOf(node.CreateStmt.relation), creates: true }
  if ('CreateTableAsStmt' in node)
    return { table: nameOf(node.CreateTableAsStmt.into?.rel), creates: true }
  if ('AlterTableStmt' in node) return changes(node.AlterTableStmt.relation)
  if ('IndexStmt' in node) return changes(node.IndexStmt.relation)
  if ('RenameStmt' in node) return changes(node.RenameStmt.relation)
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_TABLE') {
    const [object, ...others] = node.DropStmt.objects ?? []
    if (object === undefined || others.length > 0 || !('List' in object)) return none
    const path = (object.List.items ?? []).map((item) => ('String' in item ? item.String.sval : ''))
    return { table: path.join('.'), creates: false }
  }
  return none
}

const changes = (relation: RangeVar | undefined): StatementTable => ({
  table: nameOf(relation),
  creates: false,
})

function nameOf(relation: RangeVar | undefined): string | null {
  if (relation?.relname === undefined) return null
  return relation.schemaname ? `${relation.schemaname}.${relation.relname}` : relation.relname
}

import type { DropStmt, IndexStmt, Node, ReindexStmt, TransactionStmt } from 'libpg-query'
import type { StatementKind } from './script.ts'

const PLAIN: StatementKind = { is: 'plain' }
const AUTOCOMMIT: StatementKind = { is: 'autocommit' }
const TRANSACTION: StatementKind = { is: 'transaction' }

/** What the runner must know of a statement, from PostgreSQL's own parse tree. */
export function statementKind(node: Node): StatementKind {
  if ('TransactionStmt' in node) return transactionKind(node.TransactionStmt)
  if ('IndexStmt' in node) return node.IndexStmt.concurrent ? createKind(node.IndexStmt) : PLAIN
  if ('DropStmt' in node) return dropKind(node.DropStmt)
  if ('ReindexStmt' in node) return reindexKind(node.ReindexStmt)
  return isRefusedInTransaction(node) ? AUTOCOMMIT : PLAIN
}

function transactionKind(statement: TransactionStmt): StatementKind {
  switch (statement.kind) {
    case 'TRANS_STMT_COMMIT_PREPARED':
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      return AUTOCOMMIT
    // Savepoints stay inside the transaction they are in.
    case 'TRANS_STMT_SAVEPOINT':
    case 'TRANS_STMT_RELEASE':
    case 'TRANS_STMT_ROLLBACK_TO':
      return PLAIN
    default:
      return TRANSACTION
  }
}

function createKind({ idxname, relation }: IndexStmt): StatementKind {
  return {
    is: 'concurrent-index',
    action: 'create',
    // An index is always made in the schema of its table.
    schema: relation?.schemaname ?? null,
    name: idxname ?? null,
    table: relation?.relname ?? null,
  }
}

function dropKind({ concurrent, objects }: DropStmt): StatementKind {
  if (!concurrent) return PLAIN
  const [first] = objects ?? []
  const path = first !== undefined && 'List' in first ? (first.List.items ?? []) : []
  const names = path.map((item) => ('String' in item ? (item.String.sval ?? '') : ''))
  return {
    is: 'concurrent-index',
    action: 'drop',
    schema: names.at(-2) ?? null,
    name: names.at(-1) ?? null,
    table: null,
  }
}

function reindexKind({ kind, relation, name, params }: ReindexStmt): StatementKind {
  const isRelation = kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE'
  if (!isOn(params, 'concurrently')) return isRelation ? PLAIN : AUTOCOMMIT
  const relname = relation?.relname ?? null
  return {
    is: 'concurrent-index',
    action: 'reindex',
    schema: kind === 'REINDEX_OBJECT_SCHEMA' ? (name ?? null) : (relation?.schemaname ?? null),
    name: kind === 'REINDEX_OBJECT_INDEX' ? relname : null,
    table: kind === 'REINDEX_OBJECT_TABLE' ? relname : null,
  }
}

// The callers of PreventInTransactionBlock() in PostgreSQL's own source.
function isRefusedInTransaction(node: Node): boolean {
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true
  if ('ClusterStmt' in node) return node.ClusterStmt.relation === undefined
  if ('DiscardStmt' in node) return node.DiscardStmt.target === 'DISCARD_ALL'
  if ('AlterDatabaseStmt' in node) return isOn(node.AlterDatabaseStmt.options, 'tablespace')
  if ('AlterTableStmt' in node) return (node.AlterTableStmt.cmds ?? []).some(detachesConcurrently)
  if ('CreateSubscriptionStmt' in node) {
    const { options } = node.CreateSubscriptionStmt
    return isOn(options, 'create_slot', isOn(options, 'connect', true))
  }
  if ('AlterSubscriptionStmt' in node) {
    const { kind, options } = node.AlterSubscriptionStmt
    if (kind === 'ALTER_SUBSCRIPTION_REFRESH') return isOn(options, 'copy_data', true)
    return /_(SET|ADD|DROP)_PUBLICATION$/.test(kind ?? '') && isOn(options, 'refresh', true)
  }
  return [
    'CreatedbStmt',
    'DropdbStmt',
    'CreateTableSpaceStmt',
    'DropTableSpaceStmt',
    'AlterSystemStmt',
    'DropSubscriptionStmt',
  ].some((type) => type in node)
}

function detachesConcurrently(command: Node): boolean {
  if (!('AlterTableCmd' in command)) return false
  const { def } = command.AlterTableCmd
  return def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent === true
}

function isOn(options: readonly Node[] | undefined, name: string, otherwise = false): boolean {
  const option = (options ?? []).find((item) => 'DefElem' in item && item.DefElem.defname === name)
  if (option === undefined || !('DefElem' in option)) return otherwise
  const { arg } = option.DefElem
  if (arg === undefined) return true
  if ('Boolean' in arg) return arg.Boolean.boolval === true
  if ('Integer' in arg) return arg.Integer.ival === 1
  // The grammar takes a bare word such as `off` for the name of a type.
  const [word] = 'TypeName' in arg ? (arg.TypeName.names ?? []) : [arg]
  const text = word !== undefined && 'String' in word ? word.String.sval : undefined
  return !/^(false|off|0)$/i.test(text ?? '')
}

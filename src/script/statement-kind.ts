import type { DropStmt, IndexStmt, Node, RangeVar, ReindexStmt, TransactionStmt } from 'libpg-query'
import { qualifiedName } from '../sql/quote.ts'
import type { StatementKind } from './script.ts'
import { sessionKind } from './session-kind.ts'

const PLAIN: StatementKind = { is: 'plain' }
const AUTOCOMMIT: StatementKind = { is: 'autocommit' }

/** What the runner must know of a statement, from PostgreSQL's own parse tree. */
export function statementKind(node: Node): StatementKind {
  if ('TransactionStmt' in node) return transactionKind(node.TransactionStmt)
  if ('IndexStmt' in node) return node.IndexStmt.concurrent ? createKind(node.IndexStmt) : PLAIN
  if ('DropStmt' in node) return dropKind(node.DropStmt)
  if ('ReindexStmt' in node) return reindexKind(node.ReindexStmt)
  if ('CallStmt' in node || 'DoStmt' in node) return { is: 'call' }
  return detachKind(node) ?? sessionKind(node) ?? autocommitKind(node) ?? PLAIN
}

function transactionKind(statement: TransactionStmt): StatementKind {
  switch (statement.kind) {
    case 'TRANS_STMT_COMMIT_PREPARED':
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      return { is: 'autocommit', doneBefore: '42704' }
    case 'TRANS_STMT_SAVEPOINT':
    case 'TRANS_STMT_RELEASE':
    case 'TRANS_STMT_ROLLBACK_TO':
      return { is: 'inside' }
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return { is: 'transaction', does: 'begin' }
    case 'TRANS_STMT_COMMIT':
      return { is: 'transaction', does: statement.chain ? 'other' : 'commit' }
    case 'TRANS_STMT_ROLLBACK':
      return { is: 'transaction', does: statement.chain ? 'other' : 'rollback' }
    default:
      return { is: 'transaction', does: 'other' }
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

/** What a second try answers when the first one has had its effect. */
const doneBefore = {
  CreatedbStmt: '42P04',
  DropdbStmt: '3D000',
  CreateTableSpaceStmt: '42710',
  DropTableSpaceStmt: '42704',
  CreateSubscriptionStmt: '42710',
  DropSubscriptionStmt: '42704',
}

// The callers of PreventInTransactionBlock() in PostgreSQL's own source.
function autocommitKind(node: Node): StatementKind | null {
  if (!isRefusedInTransaction(node)) return null
  const found = Object.entries(doneBefore).find(([type]) => type in node)
  return found ? { is: 'autocommit', doneBefore: found[1] } : AUTOCOMMIT
}

function isRefusedInTransaction(node: Node): boolean {
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true
  if ('ClusterStmt' in node) return node.ClusterStmt.relation === undefined
  if ('AlterDatabaseStmt' in node) return isOn(node.AlterDatabaseStmt.options, 'tablespace')
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

function detachKind(node: Node): StatementKind | null {
  if (!('AlterTableStmt' in node)) return null
  const [command] = node.AlterTableStmt.cmds ?? []
  if (command === undefined || !('AlterTableCmd' in command)) return null
  const { def } = command.AlterTableCmd
  if (def === undefined || !('PartitionCmd' in def) || def.PartitionCmd.concurrent !== true)
    return null
  return {
    is: 'detach',
    parent: written(node.AlterTableStmt.relation),
    partition: written(def.PartitionCmd.name),
  }
}

const written = (relation: RangeVar | undefined) =>
  qualifiedName(relation?.schemaname || undefined, relation?.relname ?? '')

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

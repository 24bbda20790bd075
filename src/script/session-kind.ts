import type { IntoClause, Node, RangeVar, VariableSetStmt } from 'libpg-query'
import type { StatementKind } from './script.ts'

const SESSION: StatementKind = { is: 'session' }
const INSIDE: StatementKind = { is: 'inside' }

/** What a statement is to the session that it runs in; null where it is nothing but a statement. */
export function sessionKind(node: Node): StatementKind | null {
  if ('VariableSetStmt' in node) return settingKind(node.VariableSetStmt)
  if ('DiscardStmt' in node)
    return node.DiscardStmt.target === 'DISCARD_ALL' ? { is: 'unlocks' } : SESSION
  if ('ListenStmt' in node || 'UnlistenStmt' in node || 'LoadStmt' in node) return SESSION
  if ('LockStmt' in node || 'ConstraintsSetStmt' in node) return INSIDE
  if ('DeclareCursorStmt' in node)
    return ((node.DeclareCursorStmt.options ?? 0) & withHold) !== 0 ? temporary(false) : INSIDE
  if ('PrepareStmt' in node) return temporary(false)
  if ('SelectStmt' in node && node.SelectStmt.intoClause === undefined)
    return callsKind(functionsOf(node))
  return temporaryKind(node)
}

/** CURSOR_OPT_HOLD of PostgreSQL's parsenodes.h. */
const withHold = 0x20

/** SET TRANSACTION and what it sets hold for one transaction, whatever the words say. */
function settingKind({ kind, name = '', is_local }: VariableSetStmt): StatementKind {
  if (is_local) return INSIDE
  if (kind === 'VAR_SET_MULTI') return /^SESSION/i.test(name) ? SESSION : INSIDE
  return /^transaction_(?:isolation|read_only|deferrable)$/i.test(name) ? INSIDE : SESSION
}

const temporary = (untilCommit: boolean): StatementKind => ({ is: 'temporary', untilCommit })

function temporaryKind(node: Node): StatementKind | null {
  if ('CreateStmt' in node)
    return isTemporary(node.CreateStmt.relation)
      ? temporary(node.CreateStmt.oncommit === 'ONCOMMIT_DROP')
      : null
  const into = intoOf(node)
  if (into !== undefined)
    return isTemporary(into.rel) ? temporary(into.onCommit === 'ONCOMMIT_DROP') : null
  if ('ViewStmt' in node) return isTemporary(node.ViewStmt.view) ? temporary(false) : null
  if ('CreateSeqStmt' in node)
    return isTemporary(node.CreateSeqStmt.sequence) ? temporary(false) : null
  return null
}

/** Where a query puts its rows. */
function intoOf(node: Node): IntoClause | undefined {
  if ('CreateTableAsStmt' in node) return node.CreateTableAsStmt.into
  return 'SelectStmt' in node ? node.SelectStmt.intoClause : undefined
}

function isTemporary(relation: RangeVar | undefined): boolean {
  return relation?.relpersistence === 't' || relation?.schemaname === 'pg_temp'
}

/** A function that a SELECT of nothing else calls; `isLocal` is the third argument of set_config(). */
interface Called {
  readonly name: string
  readonly isLocal: boolean
}

function callsKind(called: readonly Called[]): StatementKind | null {
  if (called.some(({ name }) => name === 'pg_advisory_unlock_all')) return { is: 'unlocks' }
  const sets = ({ name, isLocal }: Called) =>
    (name === 'set_config' && !isLocal) || /^pg_(try_)?advisory_(un)?lock(_shared)?$/.test(name)
  return called.length > 0 && called.every(sets) ? SESSION : null
}

/** Empty for a SELECT that reads rows, or returns anything but the results of functions. */
function functionsOf(node: Extract<Node, { SelectStmt: unknown }>): readonly Called[] {
  const { targetList = [], fromClause } = node.SelectStmt
  if (fromClause !== undefined) return []
  const called: Called[] = []
  for (const target of targetList) {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined
    if (value === undefined || !('FuncCall' in value)) return []
    const { funcname = [], args = [] } = value.FuncCall
    const last = funcname.at(-1)
    const [, , local] = args
    const isLocal = local !== undefined && 'A_Const' in local && local.A_Const.boolval?.boolval
    called.push({
      name: last !== undefined && 'String' in last ? (last.String.sval ?? '') : '',
      isLocal: isLocal === true,
    })
  }
  return called
}

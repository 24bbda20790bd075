import { isEqual } from './equal.ts'
import { isSame, keyOf } from './names.ts'
import type { Operation } from './operation.ts'
import type { Policy } from './schema.ts'
import type { ViewSnapshot } from './snapshot.ts'

/**
 * What an operation opens that row security keeps closed, in words; null when nothing. `all` are the operations that it is
 * one of: a policy that only makes way for a moment protects as before.
 */
export function lostProtection(operation: Operation, all: readonly Operation[]): string | null {
  if (operation.kind === 'disable row security')
    return `the row security of ${keyOf(operation.table)}: all rows are open to everyone who may use the table`
  if (operation.kind === 'drop view') return openedView(operation.view, all)
  if (operation.kind !== 'drop policy') return null
  const { table, policy } = operation
  // What goes with its table protects nothing any more.
  if (all.some((other) => other.kind === 'drop table' && isSame(other.table, table))) return null
  const after = all.find(
    (other) =>
      other.kind === 'create policy' &&
      isSame(other.table, table) &&
      other.policy.name === policy.name,
  )
  const name = `the policy "${policy.name}" on ${keyOf(table)}`
  if (after?.kind !== 'create policy') return name
  return isNoWider(policy, after.policy)
    ? null
    : `${name} as it is: the new one may open more rows, or to more roles`
}

/** What keeps rows from those who read or write through a view. */
const GUARDS = ['security_invoker', 'security_barrier', 'check_option']

function openedView(view: ViewSnapshot, all: readonly Operation[]): string | null {
  const after = all.find((other) => other.kind === 'create view' && isSame(other.view, view))
  if (after?.kind !== 'create view') return null
  const lost = GUARDS.filter((name) => {
    const value = view.options[name] ?? 'false'
    return value !== 'false' && value !== after.view.options[name]
  })
  return lost.length === 0 ? null : `${lost.join(' and ')} of the view ${keyOf(view)}`
}

/** Whether `after` surely opens nothing that `before` does not. How two expressions relate cannot be known. */
function isNoWider(before: Policy, after: Policy): boolean {
  if (before.permissive && !after.permissive) return true
  if (before.permissive !== after.permissive) return false
  // A permissive policy opens to whom and to what it names, a restrictive one closes that.
  const [wide, narrow] = before.permissive ? [before, after] : [after, before]
  const isCovered =
    (wide.command === 'all' || wide.command === narrow.command) &&
    (wide.roles.length === 0 ||
      (narrow.roles.length > 0 && narrow.roles.every((role) => wide.roles.includes(role))))
  return isCovered && isEqual([before.using, before.withCheck], [after.using, after.withCheck])
}

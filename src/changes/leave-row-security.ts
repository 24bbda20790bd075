import { isEqual } from '../schema/equal.ts'
import { keyOf } from '../schema/names.ts'
import type { ReadRelation, Snapshot, TableSnapshot } from '../schema/snapshot.ts'

/**
 * `after` with the row security that `before` has on tables whose models say nothing of any: neither a policy nor that it is
 * on. It is managed elsewhere then, as with triggers. A policy that reads what goes cannot stay.
 */
export function leaveRowSecurity(before: Snapshot, after: Snapshot): Snapshot {
  const old = new Map(before.tables.map((table) => [keyOf(table), table]))
  const isThere = isStillThere(before, after)
  return {
    ...after,
    tables: after.tables.map((table): TableSnapshot => {
      const live = old.get(keyOf(table))
      const isSilent = !table.rowSecurity && table.policies.length === 0
      if (live === undefined || !isSilent) return table
      if (!live.rowSecurity && live.policies.length === 0) return table
      const policies = live.policies.filter(({ reads }) => reads.every(isThere))
      return { ...table, rowSecurity: live.rowSecurity, policies }
    }),
  }
}

/** Whether what is read is the same afterwards; what is not compared stays as it is. */
function isStillThere(before: Snapshot, after: Snapshot): (read: ReadRelation) => boolean {
  const compared = new Set([...before.tables, ...before.views].map(keyOf))
  const tables = new Map(after.tables.map((table) => [keyOf(table), table]))
  const views = new Map(after.views.map((view) => [keyOf(view), view]))
  const liveViews = new Map(before.views.map((view) => [keyOf(view), view]))
  return (read) => {
    const key = keyOf(read)
    if (!compared.has(key)) return true
    const table = tables.get(key)
    if (table !== undefined)
      return read.columns.every((name) => table.columns.some((column) => column.name === name))
    return views.has(key) && isEqual(views.get(key)?.columns, liveViews.get(key)?.columns)
  }
}

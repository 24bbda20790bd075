import { isEqual } from '../../schema/equal.ts'
import { keyOf, sortedBy } from '../../schema/names.ts'
import { isKey, type Part } from '../../schema/parts.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type { Snapshot, TableSnapshot } from '../../schema/snapshot.ts'
import type { FailedStep } from './build-steps.ts'

/**
 * `after` with the live state of everything that the server could not build from the models, so that nothing is proposed
 * for it, and of what that leans on.
 */
export function takeOver(after: Snapshot, live: Snapshot, failed: readonly FailedStep[]): Snapshot {
  if (failed.length === 0) return after
  const keys = (kind: FailedStep['kind']) =>
    new Set(failed.filter((step) => step.kind === kind).map(({ on }) => keyOf(on)))
  const whole = {
    ...after,
    enums: withLive(after.enums, live.enums, keys('enum')),
    sequences: withLive(after.sequences, live.sequences, keys('sequence')),
    tables: withLive(after.tables, live.tables, keys('table')),
    views: withLive(after.views, live.views, keys('view')),
  }
  const tables = whole.tables.map((table) => {
    const other = live.tables.find((candidate) => keyOf(candidate) === keyOf(table))
    const parts = failed.filter((step) => keyOf(step.on) === keyOf(table))
    return other === undefined
      ? table
      : parts.reduce((done, step) => withPart(done, other, step), table)
  })
  const taken = [...keys('table'), ...keys('view')]
  const result = { ...whole, tables }
  return withKeys(
    taken.length === 0 ? result : withPrerequisites(result, live, new Set(taken)),
    live,
  )
}

/** `items`, and the live ones of those keys that it lacks. */
function withLive<T extends ObjectName>(
  items: readonly T[],
  live: readonly T[],
  keys: ReadonlySet<string>,
): readonly T[] {
  const present = new Set(items.map(keyOf))
  const added = live.filter((item) => keys.has(keyOf(item)) && !present.has(keyOf(item)))
  return added.length === 0 ? items : sortedBy([...items, ...added], keyOf)
}

/** The part of a table that has the same name in the live one; where none has, all of its kind, as it may be any. */
function withPart(
  table: TableSnapshot,
  live: TableSnapshot,
  { kind, name }: FailedStep,
): TableSnapshot {
  const merged = <T extends { readonly name: string }>(
    items: readonly T[],
    others: readonly T[],
  ) => {
    const missing = others.filter((other) => !items.some((item) => item.name === other.name))
    const same = missing.filter((other) => other.name === name)
    return sortedBy([...items, ...(same.length > 0 ? same : missing)], (item) => item.name)
  }
  const isForeignKey = (constraint: { readonly kind: string }) => constraint.kind === 'foreign key'
  const isUnique = (constraint: { readonly kind: string }) => constraint.kind === 'unique'
  switch (kind) {
    case 'index':
      return { ...table, indexes: merged(table.indexes, live.indexes) }
    case 'unique':
      return { ...table, constraints: merged(table.constraints, live.constraints.filter(isUnique)) }
    case 'foreign key':
      return {
        ...table,
        constraints: merged(table.constraints, live.constraints.filter(isForeignKey)),
      }
    case 'policy':
      return { ...table, policies: merged(table.policies, live.policies) }
    case 'row security':
      return { ...table, rowSecurity: live.rowSecurity }
    default:
      return table
  }
}

/** With the live keys that foreign keys lean on which the models could not build: what they need is kept as well. */
function withKeys(after: Snapshot, live: Snapshot): Snapshot {
  const targets = after.tables.flatMap(({ constraints }) =>
    constraints.flatMap(({ references }) => references ?? []),
  )
  const tables = after.tables.map((table) => {
    const old = live.tables.find((one) => keyOf(one) === keyOf(table))
    const wanted = targets.filter((target) => keyOf(target.table) === keyOf(table))
    const isLeanedOn = (part: Part) =>
      isKey(part) && wanted.some(({ columns }) => isEqual(columns.toSorted(), columnsOf(part)))
    const missing = (has: readonly Part[]) => (part: Part) =>
      isLeanedOn(part) &&
      !has.some(({ name }) => name === part.name) &&
      ![...table.constraints, ...table.indexes].some(
        (one) => isKey(one) && isEqual(columnsOf(one), columnsOf(part)),
      )
    const constraints = old?.constraints.filter(missing(table.constraints)) ?? []
    const indexes = old?.indexes.filter(missing(table.indexes)) ?? []
    return constraints.length + indexes.length === 0
      ? table
      : {
          ...table,
          constraints: sortedBy([...table.constraints, ...constraints], ({ name }) => name),
          indexes: sortedBy([...table.indexes, ...indexes], ({ name }) => name),
        }
  })
  return { ...after, tables }
}

const columnsOf = (part: Part): readonly string[] =>
  ('kind' in part ? part.columns : part.reads).toSorted()

/** With the live tables, views and enums that taken-over ones need: what they stand on cannot be dropped. */
function withPrerequisites(after: Snapshot, live: Snapshot, taken: ReadonlySet<string>): Snapshot {
  const isTaken = (object: ObjectName) => taken.has(keyOf(object))
  const tables = live.tables.filter(isTaken)
  const views = live.views.filter(isTaken)
  const parts = tables.flatMap((table) => [...table.constraints, ...table.indexes])
  const needed = [
    ...views.flatMap((view) => view.reads),
    ...tables.flatMap((table) => table.policies.flatMap((policy) => policy.reads)),
    ...tables.flatMap((table) =>
      table.constraints.flatMap(({ references }) => references?.table ?? []),
    ),
  ].map(keyOf)
  const enums = [
    ...[...views, ...parts].flatMap((part) => part.enums),
    ...tables.flatMap((table) => table.columns.flatMap((column) => column.enum ?? [])),
  ].map(keyOf)
  const more = new Set([...taken, ...needed])
  const result = {
    ...after,
    enums: withLive(after.enums, live.enums, new Set(enums)),
    tables: withLive(after.tables, live.tables, more),
    views: withLive(after.views, live.views, more),
  }
  return more.size > taken.size ? withPrerequisites(result, live, more) : result
}

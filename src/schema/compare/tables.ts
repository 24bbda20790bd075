import type { Change } from '../change.ts'
import { dependenciesFirst } from '../dependencies-first.ts'
import { isSame, keyOf, nameOf, sortedBy } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { TableSnapshot } from '../snapshot.ts'

/** Tables that come and go; row security of those that stay. */
export function compareTables({ tables, changed }: Change): readonly Operation[] {
  return [
    ...dependenciesFirst(tables.added, targetsOf).map(
      (table): Operation => ({ kind: 'create table', table }),
    ),
    ...dropTables(tables.removed),
    ...tables.added
      .filter(({ rowSecurity }) => rowSecurity)
      .map((table): Operation => ({ kind: 'enable row security', table: nameOf(table) })),
    ...changed
      .filter(({ from, to }) => from.rowSecurity !== to.rowSecurity)
      .map(
        ({ to }): Operation => ({
          kind: to.rowSecurity ? 'enable row security' : 'disable row security',
          table: nameOf(to),
        }),
      ),
  ]
}

/** Those that point at others first; what is left of a circle of foreign keys goes before all. */
function dropTables(removed: readonly TableSnapshot[]): readonly Operation[] {
  const tables = [...dependenciesFirst(sortedBy(removed, keyOf), targetsOf)].reverse()
  const dropped = new Set<string>()
  const circular = tables.flatMap((table) => {
    const keys = table.constraints.filter(
      ({ references }) => references !== undefined && dropped.has(keyOf(references.table)),
    )
    dropped.add(keyOf(table))
    return keys.map(
      (constraint): Operation => ({
        kind: 'drop constraint',
        table: nameOf(table),
        constraint,
      }),
    )
  })
  return [...circular, ...tables.map((table): Operation => ({ kind: 'drop table', table }))]
}

function targetsOf(table: TableSnapshot): readonly string[] {
  const parents = table.inherits ?? []
  const targets = table.constraints.flatMap(({ references }) => references?.table ?? [])
  return [...parents, ...targets].filter((one) => !isSame(one, table)).map(keyOf)
}

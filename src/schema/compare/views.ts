import type { Change } from '../change.ts'
import { dependenciesFirst } from '../dependencies-first.ts'
import { keyOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ViewSnapshot } from '../snapshot.ts'

/** Views are dropped, dependents first, and created again where they or anything they read change. */
export function compareViews({ from, to, lostRelations }: Change): readonly Operation[] {
  const dropped = from.views.filter((view) => lostRelations.has(keyOf(view)))
  const staying = new Set(from.views.filter((view) => !dropped.includes(view)).map(keyOf))
  const created = to.views.filter((view) => !staying.has(keyOf(view)))
  return [
    ...[...inOrder(dropped)].reverse().map((view): Operation => ({ kind: 'drop view', view })),
    ...inOrder(created).map((view): Operation => ({ kind: 'create view', view })),
  ]
}

function inOrder(views: readonly ViewSnapshot[]): readonly ViewSnapshot[] {
  return dependenciesFirst(views, ({ reads }) => reads.map(keyOf))
}

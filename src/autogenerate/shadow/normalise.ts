import { keyOf } from '../../schema/names.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type { Snapshot, TableSnapshot, ViewSnapshot } from '../../schema/snapshot.ts'
import {
  columnProbe,
  type IsSame,
  type Probe,
  type ProbeSite,
  tableProbes,
  viewProbe,
} from './probe.ts'

/**
 * `after` with the live text wherever the two are only spelled differently: PostgreSQL prints some expressions in another
 * way once they are made from what it printed before, as a restored dump or our own downgrade does. `isSame` decides.
 */
export async function normalise(
  shadow: ProbeSite,
  live: Snapshot,
  after: Snapshot,
  isSame: IsSame,
): Promise<Snapshot> {
  return {
    ...after,
    tables: await pairwise(live.tables, after.tables, keyOf, (old, table) =>
      normaliseTable(shadow, isSame, old, table),
    ),
    views: await pairwise(live.views, after.views.map(withoutRows), keyOf, async (old, view) =>
      withLiveRows(old, await withLiveTexts(isSame, viewProbe(shadow, view), ['query'], old, view)),
    ),
  }
}

async function normaliseTable(
  shadow: ProbeSite,
  isSame: IsSame,
  live: TableSnapshot,
  table: TableSnapshot,
): Promise<TableSnapshot> {
  const probes = tableProbes(shadow, table)
  return {
    ...table,
    columns: await pairwise(live.columns, table.columns, nameOf, (old, column) =>
      withLiveTexts(
        isSame,
        columnProbe(shadow, table, column),
        ['default', 'generated'],
        old,
        column,
      ),
    ),
    constraints: await pairwise(live.constraints, table.constraints, nameOf, async (old, item) => {
      const isCheck = old.kind === 'check' && item.kind === 'check'
      const fields = isCheck ? (['definition'] as const) : []
      return withFull(old, await withLiveTexts(isSame, probes.check, fields, old, item))
    }),
    indexes: await pairwise(live.indexes, table.indexes, nameOf, async (old, item) =>
      withFull(old, await withLiveTexts(isSame, probes.index, ['definition'], old, item)),
    ),
    policies: await pairwise(live.policies, table.policies, nameOf, (old, policy) =>
      withLiveTexts(isSame, probes.policy, ['using', 'withCheck'], old, policy),
    ),
  }
}

/** `items`, those that have a live counterpart as `merge` makes them. */
async function pairwise<T>(
  live: readonly T[],
  items: readonly T[],
  keyOf: (item: T) => string,
  merge: (old: T, item: T) => Promise<T>,
): Promise<readonly T[]> {
  const byKey = new Map(live.map((item) => [keyOf(item), item]))
  const merged: T[] = []
  for (const item of items) {
    const old = byKey.get(keyOf(item))
    merged.push(old === undefined ? item : await merge(old, item))
  }
  return merged
}

function nameOf({ name }: ObjectName): string {
  return name
}

async function withLiveTexts<T extends object>(
  isSame: IsSame,
  probe: Probe,
  fields: readonly (keyof T)[],
  old: T,
  item: T,
): Promise<T> {
  let result = item
  for (const field of fields) {
    const [text, liveText] = [item[field], old[field]]
    if (typeof text !== 'string' || typeof liveText !== 'string' || text === liveText) continue
    if (await isSame(probe, liveText, text)) result = { ...result, [field]: liveText }
  }
  return result
}

/** In the shadow a materialized view is never filled, which says nothing. */
const withoutRows = ({ populated: _, ...view }: ViewSnapshot): ViewSnapshot => view

function withLiveRows({ populated }: ViewSnapshot, view: ViewSnapshot): ViewSnapshot {
  return populated === undefined || !view.materialized ? view : { ...view, populated }
}

/** What models cannot say stays with the object wherever it has to be made again. */
function withFull<T extends { readonly definition: string; readonly full: string }>(
  old: T,
  item: T,
): T {
  return old.definition === item.definition ? { ...item, full: old.full } : item
}

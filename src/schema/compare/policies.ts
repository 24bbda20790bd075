import { type Change, isDisturbed, isReplaced } from '../change.ts'
import { isEqual } from '../equal.ts'
import { keyedDiff } from '../keyed-diff.ts'
import { isSame, nameOf, sortedBy } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { PolicySnapshot, TableSnapshot } from '../snapshot.ts'

/** Policies; one that changes, or reads what changes, is dropped and created again. */
export function comparePolicies(change: Change): readonly Operation[] {
  const { tables, changed } = change
  return [
    ...tables.added.flatMap((table) => createAll(table, table.policies)),
    ...tables.removed.flatMap((table) =>
      // The others go with their table.
      dropAll(
        table,
        table.policies.filter((policy) => readsOthers(table, policy)),
      ),
    ),
    ...changed.flatMap(({ from, to }) => {
      const { added, removed, common } = keyedDiff(from.policies, to.policies, ({ name }) => name)
      const rebuilt = common.filter(
        ([before, after]) =>
          !isEqual(comparable(before), comparable(after)) ||
          isDisturbed(change, before.reads) ||
          before.enums?.some((type) => isReplaced(change, type)),
      )
      return [
        ...dropAll(from, [...removed, ...rebuilt.map(([before]) => before)]),
        ...createAll(to, [...added, ...rebuilt.map(([, after]) => after)]),
      ]
    }),
  ]
}

function createAll(
  table: TableSnapshot,
  policies: readonly PolicySnapshot[],
): readonly Operation[] {
  return sortedBy(policies, ({ name }) => name).map(
    (policy): Operation => ({ kind: 'create policy', table: nameOf(table), policy }),
  )
}

function dropAll(table: TableSnapshot, policies: readonly PolicySnapshot[]): readonly Operation[] {
  return sortedBy(policies, ({ name }) => name).map(
    (policy): Operation => ({ kind: 'drop policy', table: nameOf(table), policy }),
  )
}

function readsOthers(table: TableSnapshot, { reads }: PolicySnapshot): boolean {
  return reads.some((read) => !isSame(read, table))
}

function comparable({ reads: _, enums: _enums, ...policy }: PolicySnapshot) {
  return policy
}

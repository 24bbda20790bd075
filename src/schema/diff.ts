import { changeOf } from './change.ts'
import { compareColumns } from './compare/columns.ts'
import { compareConstraints } from './compare/constraints.ts'
import { compareEnums } from './compare/enums.ts'
import { compareForeignKeys } from './compare/foreign-keys.ts'
import { compareIndexes } from './compare/indexes.ts'
import { comparePolicies } from './compare/policies.ts'
import { compareSchemas } from './compare/schemas.ts'
import { compareSequences } from './compare/sequences.ts'
import { compareTables } from './compare/tables.ts'
import { compareViews } from './compare/views.ts'
import { keepUnmodelled } from './keep.ts'
import { keyOf, sortedBy } from './names.ts'
import type { Operation } from './operation.ts'
import { inOrder } from './order.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * What turns a database that holds `from` into what models make of it, in the order to run and fit for one transaction;
 * none when nothing differs. What models cannot say is left alone: see `keepUnmodelled`.
 */
export function diff(from: Snapshot, to: Snapshot): readonly Operation[] {
  return diffStates(from, keepUnmodelled(from, to))
}

/** The same for two states of one database, both complete: an unmodelled object that `to` lacks is dropped. */
export function diffStates(from: Snapshot, to: Snapshot): readonly Operation[] {
  const before = sorted(from)
  const after = sorted(to)
  const swapped = new Set<string>()
  for (;;) {
    const operations = compare(before, after, swapped)
    const used = enumsUsedAtOnce(operations)
    if (used.length === 0) return inOrder(operations)
    for (const name of used) swapped.add(name)
  }
}

/** Only the order of tables and columns is a choice of the author. */
function sorted(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    schemas: sortedBy(snapshot.schemas, (name) => name),
    enums: sortedBy(snapshot.enums, keyOf),
    sequences: sortedBy(snapshot.sequences, keyOf),
    views: sortedBy(snapshot.views, keyOf),
  }
}

const COMPARES = [
  compareSchemas,
  compareEnums,
  compareSequences,
  compareTables,
  compareColumns,
  compareConstraints,
  compareIndexes,
  compareForeignKeys,
  compareViews,
  comparePolicies,
]

function compare(from: Snapshot, to: Snapshot, swapped: ReadonlySet<string>): readonly Operation[] {
  const change = changeOf(from, to, swapped)
  return COMPARES.flatMap((compareKind) => compareKind(change))
}

/** Enums with a new value that something else mentions: it may not be used in the transaction that adds it. */
function enumsUsedAtOnce(operations: readonly Operation[]): readonly string[] {
  if (!operations.some(({ kind }) => kind === 'add enum value')) return []
  const others = operations
    .filter(({ kind }) => kind !== 'add enum value' && !kind.startsWith('drop'))
    .map((operation) => JSON.stringify(operation))
  return operations.flatMap((operation) => {
    if (operation.kind !== 'add enum value') return []
    const value = JSON.stringify(operation.value).slice(1, -1)
    const isUsed = others.some((text) => text.includes(operation.enum.name) && text.includes(value))
    return isUsed ? [keyOf(operation.enum)] : []
  })
}

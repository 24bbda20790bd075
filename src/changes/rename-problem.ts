import type { Comparison } from '../autogenerate/compare-with-database.ts'
import { labelOf, ownerOf, renameLabels } from '../autogenerate/labels.ts'
import { didYouMean } from '../did-you-mean.ts'
import { isSame, truncatedName } from '../schema/names.ts'
import type { Rename } from '../schema/operation.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'

/** Why an answer cannot be meant, and what may be. */
export interface Problem {
  readonly fact: string
  readonly near: string | null
}

/** Null for a rename of something that the models have no more into something that the database has not yet. */
export function renameProblem(
  rename: Rename,
  { live, after }: Pick<Comparison, 'live' | 'after'>,
  renames: readonly Rename[],
): Problem | null {
  const existing = namesOf(live, rename, (owner) => owner)
  const declared = namesOf(after, rename, (owner) => renamedOwner(owner, renames))
  const [from, to] = endsOf(rename)
  const { from: old, to: now } = renameLabels(rename)
  // Renames that are given together are one permutation: a name may be left by one and taken by another.
  const isTaken = renames.some((other) => isBeside(other, rename) && endsOf(other)[1] === from)
  const isLeft = renames.some((other) => isBeside(other, rename) && endsOf(other)[0] === to)
  if (declared.includes(from) && !isTaken)
    return { fact: `the models still have the ${rename.of} ${old}`, near: null }
  if (!declared.includes(to)) {
    const news = declared.filter((name) => !existing.includes(name))
    return { fact: `the models have no ${rename.of} ${now}`, near: didYouMean(to, news) }
  }
  if (existing.includes(to) && !isLeft)
    return { fact: `the database has the ${rename.of} ${now} already`, near: null }
  return null
}

/** Whether both are renames of another thing in the same table or schema. */
function isBeside(other: Rename, rename: Rename): boolean {
  if (other === rename || other.of !== rename.of) return false
  const isInside = (one: Rename) => one.of === 'column' || one.of === 'enum value'
  return !(isInside(other) && isInside(rename)) || isSame(ownerOf(other), ownerOf(rename))
}

/** Old and new name as `namesOf` lists them. */
function endsOf(rename: Rename): readonly [string, string] {
  const { of, from, to } = rename
  return of === 'schema' || of === 'column' || of === 'enum value'
    ? [from, truncatedName(to)]
    : [labelOf(from), labelOf(to)]
}

/** All that a snapshot has of the kind: in the same table or enum, where it is in one. */
function namesOf(
  snapshot: Snapshot,
  rename: Rename,
  within: (owner: ObjectName) => ObjectName,
): readonly string[] {
  switch (rename.of) {
    case 'schema':
      return snapshot.schemas
    case 'column': {
      const owner = within(ownerOf(rename))
      const table = snapshot.tables.find((one) => isSame(one, owner))
      return table?.columns.map(({ name }) => name) ?? []
    }
    case 'enum value': {
      const owner = within(ownerOf(rename))
      return snapshot.enums.find((one) => isSame(one, owner))?.values ?? []
    }
    case 'table':
      return snapshot.tables.map((one) => labelOf(one))
    case 'enum':
      return snapshot.enums.map((one) => labelOf(one))
    case 'sequence':
      return snapshot.sequences.map((one) => labelOf(one))
    default:
      return snapshot.views.map((one) => labelOf(one))
  }
}

function renamedOwner(owner: ObjectName, renames: readonly Rename[]): ObjectName {
  for (const rename of renames) {
    if ((rename.of === 'table' || rename.of === 'enum') && isSame(rename.from, owner))
      return rename.to
  }
  const moved = renames.find(({ of, from }) => of === 'schema' && from === owner.schema)
  return moved?.of === 'schema' ? { ...owner, schema: moved.to } : owner
}

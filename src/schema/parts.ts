import { isSame } from './names.ts'
import type { Operation } from './operation.ts'
import type { ObjectName } from './schema.ts'
import type { ConstraintSnapshot, IndexSnapshot, Snapshot } from './snapshot.ts'

/** An index or a constraint: what speeds a table up or guards it. */
export type Part = IndexSnapshot | ConstraintSnapshot

/** The part that an operation is about. */
export function partOf(
  operation: Extract<
    Operation,
    { kind: 'drop index' | 'drop constraint' | 'create index' | 'add constraint' }
  >,
): Part {
  return 'index' in operation ? operation.index : operation.constraint
}

/** What it is for: parts of one sort stand in for one another. */
export function sortOf(part: Part): 'key' | 'index' | 'check' | 'foreign key' {
  if (isKey(part)) return 'key'
  return 'kind' in part && (part.kind === 'check' || part.kind === 'foreign key')
    ? part.kind
    : 'index'
}

/** Whether it makes columns unique. */
export function isKey(part: Part): boolean {
  return 'kind' in part ? part.kind === 'primary key' || part.kind === 'unique' : part.unique
}

/** Whether there can only be one of the two: they share a name, or are the primary key. */
export function isInstead(a: Part, b: Part): boolean {
  const isPrimary = (part: Part) => 'kind' in part && part.kind === 'primary key'
  return a.name === b.name || (isPrimary(a) && isPrimary(b))
}

/** Whether one takes the place of the other, in the table or for what it means. */
export function isTwin(a: Part, b: Part): boolean {
  return isInstead(a, b) || (a.definition === b.definition && sortOf(a) === sortOf(b))
}

/** What of a snapshot has the name of a part of `table`, where there can be only one. */
export function nameHolders(
  { tables, views, sequences }: Snapshot,
  table: ObjectName,
  part: Part,
): readonly (Part | ObjectName)[] {
  const isInSchema = ({ schema, name }: ObjectName) => schema === table.schema && name === part.name
  const isRelation = (one: Part) => !('kind' in one) || isKey(one)
  const parts = tables
    .filter(({ schema }) => schema === table.schema)
    .flatMap((other) =>
      [...other.constraints, ...other.indexes].filter(
        (one) =>
          one.name === part.name && ((isRelation(one) && isRelation(part)) || isSame(other, table)),
      ),
    )
  const relations = isRelation(part) ? [...tables, ...views, ...sequences].filter(isInSchema) : []
  return [...parts, ...relations]
}

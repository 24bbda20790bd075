import { quoteIdentifier } from '../../sql/quote.ts'
import { truncatedName } from '../names.ts'
import type { Operation } from '../operation.ts'
import { isKey, type Part } from '../parts.ts'
import type { ObjectName } from '../schema.ts'
import type { Spelling } from '../spelling.ts'
import {
  addConstraint,
  constraintClause,
  dropConstraint,
  renameConstraint,
  validated,
} from './constraints.ts'
import {
  createIndex,
  createIndexAgain,
  dropIndex,
  keyFromIndex,
  keyIndex,
  renameIndex,
} from './indexes.ts'

/** The new part is built beside the old one while others write, and takes its name in one transaction. */
export function swap(
  { table, before, after }: Extract<Operation, { kind: 'swap' }>,
  spelling: Spelling | undefined,
): readonly string[] {
  const between = betweenName(after)
  const first = built(table, after, between, spelling)
  // One command drops a constraint and makes the other.
  if ('kind' in before && 'kind' in after && isKey(after)) {
    const dropped = `DROP CONSTRAINT ${quoteIdentifier(before.name)}, `
    return [...first, keyFromIndex(table, after, between, dropped)]
  }
  return [
    ...first,
    'BEGIN',
    'kind' in before ? dropConstraint(table, before.name) : dropIndex(table, before.name),
    named(table, after, between),
    'COMMIT',
  ]
}

/**
 * The downgrade of what is swapped, made or dropped outside a transaction, wherever that was interrupted: either part may be there,
 * and what was built beside them.
 */
export function swapBack(
  table: ObjectName,
  parts: readonly Part[],
  after: Part,
): readonly string[] {
  const isConstraint = (part: Part) => 'kind' in part
  const drops = [
    ...parts.filter(isConstraint).map(({ name }) => dropConstraint(table, name, true)),
    ...parts
      .filter((part) => !isConstraint(part))
      .map(({ name }) => dropIndex(table, name, 'if there')),
  ]
  const between = betweenName(after)
  return [
    ...new Set(parts.map((part) => dropBetween(table, part))),
    ...built(table, after, between, undefined),
    'BEGIN',
    ...new Set(drops),
    named(table, after, between),
    'COMMIT',
  ]
}

/** What is left of a part that was being built. */
function dropBetween(table: ObjectName, part: Part): string {
  const name = betweenName(part)
  return 'kind' in part && !isKey(part)
    ? dropConstraint(table, name, true)
    : dropIndex(table, name, 'online, if there')
}

/** The downgrade of what is only added outside a transaction: an index may be there that was to become a key. */
export function dropAdded(table: ObjectName, part: Part): readonly string[] {
  if (!('kind' in part)) return [dropIndex(table, part.name, 'online, if there')]
  const dropped = dropConstraint(table, part.name, true)
  return isKey(part) ? [dropped, dropIndex(table, part.name, 'online, if there')] : [dropped]
}

const betweenName = ({ name }: Part) => `${truncatedName(name, 58)}__new`

function built(
  table: ObjectName,
  part: Part,
  name: string,
  spelling: Spelling | undefined,
): readonly string[] {
  if (!('kind' in part)) {
    const model = spelling?.index(table, part)
    return [
      model === undefined
        ? createIndexAgain(table, { ...part, name }, true)
        : createIndex(table, { ...model, name }, true),
    ]
  }
  if (isKey(part)) return [keyIndex(table, part, name)]
  const clause = spelling?.constraint(table, part) ?? constraintClause(part)
  const own = `CONSTRAINT ${quoteIdentifier(part.name)} `
  const renamed = `CONSTRAINT ${quoteIdentifier(name)} ${clause.slice(own.length)}`
  return [addConstraint(table, renamed, true), ...validated(table, part, name)]
}

function named(table: ObjectName, part: Part, between: string): string {
  if (!('kind' in part)) return renameIndex(table, between, part.name)
  return isKey(part)
    ? keyFromIndex(table, part, between)
    : renameConstraint(table, between, part.name)
}

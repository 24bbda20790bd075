import { quoteIdentifier } from '../../sql/quote.ts'
import { isEqual } from '../equal.ts'
import { keyOf, nameOf } from '../names.ts'
import type { Operation } from '../operation.ts'
import { serialOptions } from '../sequence-options.ts'
import type { SequenceSnapshot } from '../snapshot.ts'
import { formerSequence } from './sequence-position.ts'
import { changedOptions } from './sequences.ts'

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** What an identity took the place of has been made again under another name, and gets its own. */
export function leftoverAgain({ table, leftover }: AlterColumn): readonly string[] {
  if (leftover === undefined) return []
  const former = keyOf(formerSequence(table))
  const owned = leftover.ownedBy && `ALTER SEQUENCE ${keyOf(leftover)} ${ownedBy(leftover)}`
  return [
    `ALTER SEQUENCE ${former} RENAME TO ${quoteIdentifier(leftover.name)}`,
    ...(owned === undefined ? [] : [owned]),
  ]
}

/** What became the sequence of a serial column stays, and is what it was. */
export function leftoverOfSerial({ table, before, leftover }: AlterColumn): readonly string[] {
  if (leftover === undefined) return []
  const typed = { type: before.type, options: serialOptions(before) }
  const owner = { table: nameOf(table), column: before.name }
  const clauses = [
    ...(before.type === leftover.type ? [] : [`AS ${leftover.type}`]),
    ...changedOptions(typed, leftover),
    ...(isEqual(leftover.ownedBy, owner) ? [] : [ownedBy(leftover)]),
  ]
  return clauses.length === 0 ? [] : [['ALTER SEQUENCE', keyOf(leftover), ...clauses].join(' ')]
}

function ownedBy({ ownedBy }: SequenceSnapshot): string {
  if (ownedBy === undefined) return 'OWNED BY NONE'
  return `OWNED BY ${keyOf(ownedBy.table)}.${quoteIdentifier(ownedBy.column)}`
}

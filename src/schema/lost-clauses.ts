import { quoteIdentifier } from '../sql/quote.ts'
import { isSame } from './names.ts'
import type { Pairing } from './pair-definitions.ts'
import { isInstead, type Part, sortOf } from './parts.ts'

/** The parts that come, each with what it `loses`: clauses of those in whose place it comes that models cannot say. */
export function withLosses<T extends Part>({ removed, added }: Pairing<T>): ReadonlyMap<T, T> {
  return new Map(
    added.map((part) => {
      const loses = removed
        .filter((old) => isInstead(old, part) || isSuccessor(old, part))
        .flatMap((old) => {
          const lost = unsaidClauses(old).filter((clause) => !part.full.includes(clause))
          return lost.length === 0
            ? []
            : [`${lost.join(' ')} of ${quoteIdentifier(old.name)} is lost`]
        })
      return [part, loses.length === 0 ? part : { ...part, loses }]
    }),
  )
}

/** Whether a constraint under another name stands for what the old one did. */
function isSuccessor(old: Part, part: Part): boolean {
  if (!('kind' in old && 'kind' in part) || sortOf(old) !== sortOf(part)) return false
  const [was, is] = [old.references?.table, part.references?.table]
  if (was !== undefined && is !== undefined && isSame(was, is)) return true
  return old.columns.some((column) => part.columns.includes(column))
}

/** What `full` says and `definition` does not. */
function unsaidClauses({ definition, full }: Part): readonly string[] {
  const [actions = ''] = ACTIONS.exec(definition) ?? []
  const head = definition.slice(0, definition.length - actions.length)
  if (definition.startsWith('FOREIGN KEY') && full.startsWith(head)) {
    const rest = full.slice(head.length)
    return FOREIGN_KEY_CLAUSES.flatMap((clause) => clause.exec(rest)?.[0].trim() ?? [])
  }
  // All others have them in one place.
  let from = 0
  while (from < definition.length && definition[from] === full[from]) from += 1
  const clause = full.slice(from, from + full.length - definition.length).trim()
  return clause === '' ? [] : [clause]
}

const ACTION = '(?:NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT)'
const ACTIONS = new RegExp(`(?: ON UPDATE ${ACTION})?(?: ON DELETE ${ACTION})?$`)
const FOREIGN_KEY_CLAUSES = [
  /^ MATCH \w+/,
  / ON DELETE SET (?:NULL|DEFAULT) \(.*\)/,
  / (?:NOT )?DEFERRABLE.*$| NOT ENFORCED$/,
]

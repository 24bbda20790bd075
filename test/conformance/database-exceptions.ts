import { type Case, expected, rowsOf, textsOf } from './case.ts'
import { type Exception, keepsInvariant } from './exceptions.ts'
import { isRefusedByHead } from './files.ts'
import { oracleOf } from './invariant.ts'

/** The rule for a case whose commands answer otherwise than the graph alone, or null. */
export function databaseExceptionOf(fact: Case): Exception | null {
  return refusedByHead(fact) ?? undoNewest(fact)
}

function refusedByHead(fact: Case): Exception | null {
  if (!isRefusedByHead(fact)) return null
  return {
    reason: 'the head of a revision file names nothing twice: the file itself is refused',
    isRight: ({ error }) => error?.code === 'LIMBECK_INVALID_FILE',
  }
}

/** `-N` undoes what the history saw last; the rows of a case have no history, so only the graph can tell. */
function undoNewest(fact: Case): Exception | null {
  const [target = ''] = textsOf(fact.target)
  const count = Number(/^-(\d+)/u.exec(target)?.[1] ?? 0)
  if (fact.kind !== 'downgrade' || count === 0 || !isOtherwise(fact, count)) return null
  const certain = certainSteps(fact, count)
  return {
    reason:
      '-N undoes the N revisions applied last; Alembic takes the first row, stops at a merge, or does not count dependents',
    isRight: (answer) => {
      const { error, steps = [] } = answer
      const isTwice = new Set(rowsOf(fact)).size < rowsOf(fact).length
      if (error?.code === 'LIMBECK_VERSION_CONFLICT') return isTwice
      if (error !== undefined) {
        return certain.length < count && error.code === 'LIMBECK_AMBIGUOUS_WALK'
      }
      const begins = certain.every((id, index) => steps[index] === id)
      return begins && steps.length === count && keepsInvariant(fact, answer)
    },
  }
}

/** Whether Alembic has no answer, one that depends on the order of rows, or one of another length than asked for. */
function isOtherwise(fact: Case, count: number): boolean {
  const rows = new Set(rowsOf(fact))
  const { ancestorsOrSelf } = oracleOf(fact.graph)
  const isKnown = [...rows].every((row) => fact.graph.some(({ id }) => id === row))
  if (!isKnown || ancestorsOrSelf(rows).size < count) return false
  const { error, steps = [] } = expected(fact)
  if (error === undefined) return rows.size > 1 || steps.length !== count
  return rows.size > 1 || ['ambiguous_walk', 'relative_out_of_range'].includes(error)
}

/** What can only have been applied last: as long as a single revision has nothing applied above it. */
function certainSteps(fact: Case, count: number): readonly string[] {
  const { ancestorsOrSelf, maximal } = oracleOf(fact.graph)
  const applied = ancestorsOrSelf(rowsOf(fact))
  const steps: string[] = []
  while (steps.length < count) {
    const [newest, ...others] = maximal(applied)
    if (newest === undefined || others.length > 0) break
    applied.delete(newest)
    steps.push(newest)
  }
  return steps
}

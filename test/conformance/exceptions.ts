import { LimbeckError, resolve } from 'limbeck/graph'
import { type Answer, mapOf } from './answer.ts'
import { type Case, expected, rowsOf, textsOf } from './case.ts'
import {
  isNewestFirst,
  isTopological,
  oracleOf,
  type Rows,
  rowsByInvariant,
  sameRows,
} from './invariant.ts'

/** A case that Limbeck does not answer as Alembic does: why, and whether its own answer is right. */
export interface Exception {
  readonly reason: string
  readonly isRight: (answer: Answer) => boolean
}

/** The first rule that the case's own content meets, or null: then Alembic is to be followed. */
export function exceptionOf(fact: Case): Exception | null {
  return rules.map((rule) => rule(fact)).find((exception) => exception !== null) ?? null
}

type Rule = (fact: Case) => Exception | null

const rules: readonly Rule[] = [
  function duplicateId({ graph, options }) {
    const ids = [...graph.map(({ id }) => id), ...(options?.revId ? [options.revId] : [])]
    if (new Set(ids).size === ids.length) return null
    return {
      reason: 'Alembic warns of an id given twice and goes on; Limbeck refuses it',
      isRight: ({ error }) =>
        error?.code === 'LIMBECK_DUPLICATE_REVISION' || error?.code === 'LIMBECK_SELF_REFERENCE',
    }
  },
  function unknownRow(fact) {
    const unknown = rowsOf(fact).filter((row) => !fact.graph.some(({ id }) => id === row))
    const looks = ['upgrade', 'downgrade', 'stamp', 'current'].includes(fact.kind)
    if (!looks || fact.options?.purge || unknown.length === 0) return null
    if (expected(fact).error === 'no_such_revision') return null
    return {
      reason: 'Alembic does not look whether a version row is an id; Limbeck refuses it by name',
      isRight: ({ error }) =>
        error?.code === 'LIMBECK_NO_SUCH_REVISION' &&
        sameRows(error.details.revisions ?? [], unknown),
    }
  },
  function crash(fact) {
    if (!expected(fact).error?.startsWith('internal:')) return null
    return {
      reason: 'Alembic died with a traceback',
      isRight: (answer) => answer.error !== undefined || keepsInvariant(fact, answer),
    }
  },
  function senselessStamp(fact) {
    const named = stampedBy(fact)
    const { maximal } = oracleOf(fact.graph)
    if (expected(fact).error !== undefined || sameRows(named, maximal(named))) return null
    return {
      reason: 'Alembic stamps a revision beside its own ancestor; Limbeck refuses the set',
      isRight: ({ error }) => error?.code === 'LIMBECK_OVERLAPPING_ROWS',
    }
  },
  function lostStamp(fact) {
    const { rowsAfterEachStep, error } = expected(fact)
    const named = stampedBy(fact)
    const last = rowsAfterEachStep?.at(-1)
    if (error !== undefined || named.every((id) => last?.includes(id) ?? true)) return null
    return {
      reason: 'Alembic takes away a row that the stamp names',
      isRight: (answer) =>
        keepsInvariant(fact, answer) &&
        named.every((id) => answer.finalVersions?.includes(id) ?? false),
    }
  },
  function brokenInvariant(fact) {
    const { rowsAfterEachStep, steps = [] } = expected(fact)
    if (rowsAfterEachStep === undefined) return null
    if (keepsInvariant(fact, { steps, rowsAfterEachStep })) return null
    return {
      reason: "Alembic's own rows are not the maximal elements of the applied set",
      isRight: (answer) =>
        answer.error !== undefined ||
        (keepsInvariant(fact, answer) && JSON.stringify(answer.steps) === JSON.stringify(steps)),
    }
  },
  function unknownBranch(fact) {
    const branches = textsOf(fact.target).flatMap((text) => /^(.+)@[^@]*$/u.exec(text)?.[1] ?? [])
    const looks = ['upgrade', 'downgrade', 'stamp', 'resolve'].includes(fact.kind)
    if (!looks || branches.every((branch) => isName(fact, branch))) return null
    if (['no_such_branch', 'no_such_revision'].includes(expected(fact).error ?? '')) return null
    return {
      reason: 'Alembic does not always look whether a branch exists; Limbeck does',
      isRight: ({ error }) => error !== undefined,
    }
  },
  function startAtBase(fact) {
    const [start = ''] = textsOf(fact.target).join().split(':')
    if (fact.kind !== 'history' || !/^-\d+$/u.test(start)) return null
    const map = mapOf(fact)
    const reached = namedBy(fact, [start])
    if (expected(fact).error === undefined || reached.length === map.effectiveHeads.length)
      return null
    return {
      reason: 'Alembic has no answer where a start -N leads to base from one of the heads',
      isRight: (answer) => answer.error !== undefined || keepsInvariant(fact, answer),
    }
  },
  function upgradedButNotAtHead(fact) {
    const { maximal } = oracleOf(fact.graph)
    const heads = maximal(fact.graph.map(({ id }) => id))
    if (expected(fact).error !== 'db_not_at_heads' || !sameRows(heads, rowsOf(fact))) return null
    return {
      reason: 'nothing is pending, but Alembic misses the row of a head that is a dependency',
      isRight: ({ error }) => error === undefined,
    }
  },
  function commandLine(fact) {
    if (expected(fact).error !== 'sql_nonsense') return null
    return {
      reason: 'command line options that contradict each other: there is no graph in it',
      isRight: () => true,
    }
  },
]

/** Whether the rows after each step are what the invariant asks for; of a list, whether its order is one. */
export function keepsInvariant(fact: Case, answer: Answer): boolean {
  const { maximal } = oracleOf(fact.graph)
  const rows: readonly Rows[] = answer.rowsAfterEachStep ?? []
  const ids = (answer.steps ?? []).filter((step) => typeof step === 'string')
  switch (fact.kind) {
    case 'upgrade':
    case 'downgrade': {
      const right = rowsByInvariant(fact, ids)
      const fits = right.every((each, index) => sameRows(each, rows[index] ?? []))
      return fits && isTopological(fact, ids)
    }
    case 'stamp':
      // All its moves are one transaction: nobody sees what is between them.
      return rows.slice(-1).every((each) => sameRows(each, maximal(each)))
    case 'apply':
      return rows.every((each) => sameRows(each, maximal(each)))
    default:
      return isNewestFirst(fact, ids)
  }
}

/** What a stamp names, without the starts of `--sql`. */
const stampedBy = (fact: Case): readonly string[] =>
  fact.kind === 'stamp'
    ? namedBy(
        fact,
        textsOf(fact.target).map((text) => text.split(':').at(-1) ?? ''),
      )
    : []

/** The revisions that texts name; nothing where that cannot be told. */
function namedBy(fact: Case, texts: readonly string[]): readonly string[] {
  try {
    return [...new Set(resolve(mapOf(fact), texts))]
  } catch (error) {
    if (error instanceof LimbeckError) return []
    throw error
  }
}

/** Whether a text names exactly one id or label, whole or by its beginning. */
function isName(fact: Case, text: string): boolean {
  const names = fact.graph.flatMap(({ id, labels }) => [id, ...labels])
  const begun = names.filter((name) => name.length > 3 && name.startsWith(text))
  return names.includes(text) || begun.length === 1
}

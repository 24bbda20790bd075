import type { LimbeckErrorCode, RowChange } from 'limbeck/graph'
import type { Answer } from './answer.ts'
import { type Case, type Expectation, expected } from './case.ts'
import { isTopological, rowsByInvariant, sameRows } from './invariant.ts'
import { readLine } from './lines.ts'

/** Limbeck's codes for Alembic's categories of failure. */
const codes: Record<string, readonly LimbeckErrorCode[]> = {
  // Alembic looks for the branch of `branch@head` as if it were a revision; Limbeck says what is missing.
  no_such_revision: ['LIMBECK_NO_SUCH_REVISION', 'LIMBECK_NO_SUCH_BRANCH'],
  // … and says that there is no such branch also where its name is ambiguous.
  no_such_branch: ['LIMBECK_NO_SUCH_BRANCH', 'LIMBECK_AMBIGUOUS_REVISION'],
  ambiguous_prefix: ['LIMBECK_AMBIGUOUS_REVISION'],
  not_in_branch: ['LIMBECK_NOT_IN_BRANCH'],
  branch_filter_empty: ['LIMBECK_NOT_IN_BRANCH'],
  multiple_heads: ['LIMBECK_MULTIPLE_HEADS'],
  ambiguous_walk: ['LIMBECK_AMBIGUOUS_WALK'],
  ambiguous_upgrade: ['LIMBECK_AMBIGUOUS_WALK'],
  relative_out_of_range: ['LIMBECK_OUT_OF_RANGE'],
  walked_too_far: ['LIMBECK_OUT_OF_RANGE'],
  not_ancestor: ['LIMBECK_NOT_APPLIED', 'LIMBECK_NOT_RELATED'],
  overlapping_revisions: ['LIMBECK_OVERLAPPING_ROWS'],
  version_row_mismatch: ['LIMBECK_VERSION_CONFLICT'],
  parent_is_not_head: ['LIMBECK_NOT_A_HEAD'],
  duplicate_parents: ['LIMBECK_ILLEGAL_REVISION'],
  illegal_revision_chars: ['LIMBECK_ILLEGAL_REVISION'],
  duplicate_branch_label: ['LIMBECK_DUPLICATE_LABEL'],
  self_loop: ['LIMBECK_SELF_REFERENCE'],
  dependency_self_loop: ['LIMBECK_SELF_REFERENCE'],
  cycle: ['LIMBECK_CYCLE'],
  dependency_cycle: ['LIMBECK_CYCLE'],
  db_not_at_heads: ['LIMBECK_NOT_AT_HEAD'],
  db_not_up_to_date: ['LIMBECK_NOT_AT_HEAD'],
  history_range_syntax: ['LIMBECK_INVALID_IDENTIFIER'],
  range_requires_sql: ['LIMBECK_INVALID_IDENTIFIER'],
  sql_downgrade_requires_range: ['LIMBECK_OFFLINE'],
  sql_stamp_multiple_starts: ['LIMBECK_OFFLINE'],
  purge_with_sql: ['LIMBECK_OFFLINE'],
  no_current_revisions: ['LIMBECK_NO_SUCH_REVISION'],
  no_revision_files: ['LIMBECK_NO_SUCH_REVISION'],
}

/** One field in which the answer is not what is expected. */
export interface Difference {
  readonly field: string
  readonly expected: unknown
  readonly got: unknown
}

/** What differs between Alembic's answer and Limbeck's, in the fields that can be seen; empty when the case passes. */
export function differences(
  fact: Case,
  answer: Answer,
  isSeen: (field: string) => boolean = () => true,
): readonly Difference[] {
  const wanted = expected(fact)
  if (wanted.error !== undefined || answer.error !== undefined) return errors(wanted, answer)
  if (fact.unstable) return unstable(fact, wanted, answer)
  return Object.entries(wanted).flatMap(([field, value]) => {
    if (!isSeen(field)) return []
    const [left, right] = comparable(field, value, answer)
    const same = JSON.stringify(left) === JSON.stringify(right)
    return same ? [] : [{ field, expected: left, got: right }]
  })
}

function errors({ error, phase }: Expectation, answer: Answer): readonly Difference[] {
  const { code, message } = answer.error ?? {}
  const got = code === undefined ? answer.steps : `${answer.phase}: ${code}: ${message}`
  const isExpected = code !== undefined && codes[error ?? '']?.includes(code)
  if (isExpected && phase === answer.phase) return []
  return [{ field: 'error', expected: error && `${phase}: ${error}`, got }]
}

/** Alembic's own order depends on hash seeds: the set of steps, that the order is one, and where it ends. */
function unstable(fact: Case, wanted: Expectation, answer: Answer): readonly Difference[] {
  const steps = answer.steps as readonly string[]
  const rows = answer.rowsAfterEachStep as readonly (readonly string[])[]
  const right = rowsByInvariant(fact, steps)
  const checks: readonly [string, boolean][] = [
    ['set of steps', sameRows((wanted.steps ?? []) as readonly string[], steps)],
    ['topological order', isTopological(fact, steps)],
    ['rows', right.every((each, index) => sameRows(each, rows[index] ?? []))],
    ['final rows', sameRows(wanted.finalVersions ?? [], answer.finalVersions as readonly string[])],
  ]
  return checks
    .filter(([, holds]) => !holds)
    .map(([field]) => ({ field, expected: wanted.steps, got: steps }))
}

/** Both sides of a field in one form. What only files and commands can tell is left out. */
function comparable(field: string, value: unknown, answer: Answer): readonly [unknown, unknown] {
  switch (field) {
    case 'lines':
    case 'linesResolveDependencies': {
      const contents = answer[field.replace('lines', 'lineContents')]
      return [(value as string[]).map(readLine).sort(byId), [...(contents as [])].sort(byId)]
    }
    case 'ids':
      // Alembic's "base" and null both name nothing.
      return [(value as string[]).filter((id) => id !== null && id !== 'base'), answer.ids]
    case 'versionSql':
      return [(value as string[]).flatMap(readStatement), answer.changes]
    case 'newRevision':
    case 'labels':
    case 'normalizedDown':
      return [sortKeys(value), sortKeys(answer[field])]
    case 'warnings':
    case 'file':
    case 'tableCreated':
      return [null, null]
    default:
      return [value, answer[field]]
  }
}

const byId = (a: { id: string }, b: { id: string }): number =>
  JSON.stringify([a.id, a]) < JSON.stringify([b.id, b]) ? -1 : 1

const sortKeys = (value: unknown): unknown =>
  Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

/** The row change that a statement on the version table makes; creating and dropping it is none. */
function readStatement(sql: string): readonly RowChange[] {
  const [first = '', second = ''] = [...sql.matchAll(/'([^']*)'/gu)].map(([, text = '']) => text)
  if (sql.startsWith('INSERT')) return [{ kind: 'insert', version: first }]
  if (sql.startsWith('UPDATE')) return [{ kind: 'update', from: second, to: first }]
  if (sql.startsWith('DELETE')) return [{ kind: 'delete', version: first }]
  return []
}

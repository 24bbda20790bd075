import type { Answer } from './answer.ts'
import type { CarriedOut } from './carry-out.ts'
import type { Case } from './case.ts'
import { type Difference, differences } from './compare.ts'
import { databaseExceptionOf } from './database-exceptions.ts'
import { type Exception, exceptionOf } from './exceptions.ts'

/** What became of a case. `apart`: Alembic is not followed, by a rule, and Limbeck's own answer is right. */
export interface Verdict {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'apart'
  readonly reason: string | null
  readonly differences: readonly Difference[]
}

/** Compares the graph's own answer with the case. */
export function judge(fact: Case, answer: Answer): Verdict {
  return verdictOf(fact, exceptionOf(fact), differences(fact, answer), answer)
}

/** Compares what a migrator did on a database with the case; records that do not fit count as differences. */
export function judgeCarriedOut(fact: Case, answer: CarriedOut): Verdict {
  const exception = databaseExceptionOf(fact) ?? exceptionOf(fact)
  // A stamp is one move to whom only the table can be asked.
  const isSeen = (field: string) => fact.kind !== 'stamp' || field === 'finalVersions'
  const found = differences(fact, answer, isSeen)
  const faults = answer.faults.map((got) => ({ field: 'record', expected: null, got }))
  const verdict = verdictOf(fact, exception, found, answer)
  if (faults.length === 0) return verdict
  return { ...verdict, outcome: 'failed', differences: [...found, ...faults] }
}

/** One verdict of both: what is wrong on either side makes the case fail. */
export function bothVerdicts(graph: Verdict, database: Verdict | undefined): Verdict {
  if (database === undefined || graph.outcome === 'failed') return graph
  if (database.outcome === 'failed') return { ...database, name: `${database.name} (database)` }
  return database.outcome === 'apart' ? database : graph
}

function verdictOf(
  { name }: Case,
  exception: Exception | null,
  differences: readonly Difference[],
  answer: Answer,
): Verdict {
  const isRight = exception === null ? differences.length === 0 : exception.isRight(answer)
  const right = exception === null ? 'passed' : 'apart'
  const outcome = isRight ? right : 'failed'
  return { name, reason: exception?.reason ?? null, differences, outcome }
}

/** The report: the cases counted apart by reason, the failed ones with what was expected and got, the totals. */
export function formatVerdicts(verdicts: readonly Verdict[]): readonly string[] {
  const of = (outcome: Verdict['outcome']) => verdicts.filter((each) => each.outcome === outcome)
  const reasons = new Set(of('apart').map(({ reason }) => reason))
  return [
    ...[...reasons].flatMap((reason) => {
      const names = of('apart').flatMap((each) => (each.reason === reason ? [each.name] : []))
      return [`${names.length} counted apart: ${reason}`, ...names.map((name) => `  ${name}`)]
    }),
    ...of('failed').flatMap(({ name, reason, differences }) => [
      `FAILED ${name}${reason === null ? '' : ` (${reason})`}`,
      ...differences.flatMap(({ field, expected, got }) => [
        `  ${field}: expected ${JSON.stringify(expected)}`,
        `  ${' '.repeat(field.length)}       got ${JSON.stringify(got)}`,
      ]),
    ]),
    `${of('passed').length} passed, ${of('failed').length} failed`,
  ]
}

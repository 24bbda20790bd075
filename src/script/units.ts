import type { LimbeckError } from '../errors.ts'
import { withoutComments } from '../sql/text.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import { invalidFile } from './invalid-file.ts'
import type { Statement } from './script.ts'

/**
 * What of a `transaction: none` body is sent, noted and resumed as one. A `block` is one transaction, which commits with
 * the note that it is done: what stands between BEGIN and COMMIT, or a single statement. What PostgreSQL refuses in a
 * transaction stands `alone`: it is noted before it is sent, and settled when it was interrupted.
 */
export interface Unit {
  readonly is: 'block' | 'alone'
  /** Index of its first statement among those of the body. */
  readonly first: number
  /** All of its statements, BEGIN and COMMIT included. */
  readonly statements: readonly Statement[]
  /** What it runs in its transaction, or alone. */
  readonly body: readonly Statement[]
  /** How its transaction begins, as written or of ours. */
  readonly begin: string
  /** The file rolls it back. */
  readonly rollsBack: boolean
  /** What it would run alone, should PostgreSQL refuse it in a transaction: null where the file itself begins one. */
  readonly single: Statement | null
}

/**
 * The units of a `transaction: none` body. Throws LIMBECK_INVALID_FILE with the line of a statement that has no meaning
 * where it stands, or whose effect on the session cannot be brought back by a resume.
 */
export function unitsOf(file: string, statements: readonly Statement[]): readonly Unit[] {
  const units: Unit[] = []
  let block: Statement[] | null = null
  for (const [index, statement] of statements.entries()) {
    const { kind } = statement
    if (kind.is === 'transaction') {
      if ((kind.does === 'begin') === (block !== null) || kind.does === 'other')
        throw misplaced(file, statement, block !== null)
      if (kind.does === 'begin') block = [statement]
      else if (block) {
        units.push(blockOf([...block, statement], index))
        block = null
      }
      continue
    }
    const problem = refusal(statement, block !== null)
    if (problem) throw refused(file, statement, problem)
    if (block) block.push(statement)
    else units.push(single(statement, index))
  }
  if (block?.[0]) throw refused(file, block[0], ['is never committed', 'Write COMMIT below.'])
  return units
}

function blockOf(statements: readonly Statement[], last: number): Unit {
  const kind = statements.at(-1)?.kind
  return {
    is: 'block',
    first: last - statements.length + 1,
    statements,
    body: statements.slice(1, -1),
    begin: statements[0]?.sql ?? 'BEGIN',
    rollsBack: kind?.is === 'transaction' && kind.does === 'rollback',
    single: null,
  }
}

const outsideOnly = new Set(['autocommit', 'detach', 'concurrent-index'])

function single(statement: Statement, first: number): Unit {
  return {
    is: outsideOnly.has(statement.kind.is) ? 'alone' : 'block',
    first,
    statements: [statement],
    body: [statement],
    begin: 'BEGIN',
    rollsBack: false,
    single: statement,
  }
}

type Problem = readonly [fact: string, hint: string]

function refusal({ kind }: Statement, inBlock: boolean): Problem | null {
  if (kind.is === 'unlocks') return unlocks
  if (inBlock && outsideOnly.has(kind.is))
    return ['cannot run inside a transaction', 'Put it outside of BEGIN and COMMIT.']
  if (!inBlock && kind.is === 'inside')
    return [
      'has no effect outside a transaction, and this file runs without one',
      'Put it between BEGIN and COMMIT, or use what holds for the session.',
    ]
  if (kind.is === 'temporary' && !(inBlock && kind.untilCommit))
    return [
      'makes what is gone when this file is interrupted and resumed',
      'Put it into a revision that runs in a transaction, or between BEGIN and COMMIT as a table ON COMMIT DROP.',
    ]
  return null
}

const unlocks: Problem = [
  'would give the migration lock back',
  'Remove it: Limbeck gives every revision a clean session.',
]

function misplaced(file: string, statement: Statement, inBlock: boolean): LimbeckError {
  const { kind } = statement
  if (kind.is === 'transaction' && kind.does === 'other')
    return refused(file, statement, [
      'cannot be noted together with its transaction',
      'Write BEGIN and COMMIT (or ROLLBACK) instead.',
    ])
  return refused(
    file,
    statement,
    inBlock
      ? ['begins a transaction inside another', 'Remove it, or write COMMIT above.']
      : ['ends a transaction that was not begun', 'Remove it, or write BEGIN above.'],
  )
}

function refused(file: string, { sql, line }: Statement, [fact, hint]: Problem): LimbeckError {
  return invalidFile(file, line, `"${firstWords(sql)}" ${fact}`, hint)
}

/** The beginning of a statement, for messages. */
function firstWords(sql: string): string {
  return withoutSecrets(sql).replace(/\s+/g, ' ').slice(0, 40)
}

/** A statement that cannot run in the transaction of a revision, since it ends one or PostgreSQL refuses it there. */
export function needsOwnTransaction({ kind }: Statement): boolean {
  return kind.is === 'transaction' || outsideOnly.has(kind.is)
}

/** Refuses what cannot run in the transaction of a revision. Throws LIMBECK_INVALID_FILE with its line. */
export function checkFitsTransaction(file: string, statement: Statement): void {
  const { kind, sql } = statement
  if (kind.is === 'unlocks' || /^SELECT\b[^';]*\bpg_advisory_unlock_all\b/i.test(sql))
    throw refused(file, statement, unlocks)
  if (kind.is === 'transaction')
    throw refused(file, statement, [
      'would end or begin the transaction the revision runs in',
      'Remove it: Limbeck begins and commits by itself. Where statements have to run outside a transaction, remove COMMIT and BEGIN around them and write "-- transaction: none" into the head: what shall stay together goes between BEGIN and COMMIT there.',
    ])
  if (outsideOnly.has(kind.is))
    throw refused(file, statement, [
      'cannot run inside a transaction',
      'Put it into a revision of its own with "-- transaction: none" in the header.',
    ])
}

/**
 * Whether a statement is refused in a transaction by what it finds there: a call that commits, or a partitioned table. Where
 * PostgreSQL's answer cannot be waited for it has to be sent alone.
 */
export function mayStandAlone({ kind, sql }: Statement): boolean {
  return kind.is === 'call' || /^(?:CLUSTER|REINDEX)\b/i.test(sql)
}

/** The statements that set what holds to the end of the session: run again by a resume that skips the units. */
export function sessionStatements(units: readonly Unit[]): readonly Statement[] {
  return units
    .filter(({ rollsBack }) => !rollsBack)
    .flatMap(({ body }) => body.filter(({ kind }) => kind.is === 'session'))
}

/** A statement that takes Limbeck's settings back to what the role or the server says: they are given again. */
export function resetsSettings({ sql }: Statement): boolean {
  if (!/^(?:RE)?SET\b/i.test(sql)) return false
  return /^(?:RESET\s+(?:ALL|search_path|lock_timeout)\b|SET\s+(?:SESSION\s+|LOCAL\s+)?(?:search_path|lock_timeout)\s*(?:TO|=)\s*DEFAULT\b)/i.test(
    withoutComments(sql),
  )
}

/** Whether a unit may set what holds to the end of its transaction only. */
export function setsLocally({ body }: Unit): boolean {
  return body.some(({ sql }) => /\b(?:LOCAL|set_config)\b/i.test(sql))
}

/** Whether statements may have made the transaction of the last one read-only: nothing can be noted in it then. */
export function maySayReadOnly(statements: readonly Statement[]): boolean {
  return statements.some(({ sql }) => /read(?:_|\s+)only/i.test(sql))
}

/** Rows are all that the statement waits for: it holds up no reads, however long that takes. */
export function waitsForRowsOnly({ sql }: Pick<Statement, 'sql'>): boolean {
  return /^(?:INSERT|UPDATE|DELETE|MERGE)\b/i.test(sql)
}

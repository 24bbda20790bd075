import { LimbeckError } from '../errors.ts'
import { codeRange, sqlParts } from '../sql/text.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'

const endings =
  /^(?:BEGIN|START\s+TRANSACTION|COMMIT(?!\s+PREPARED)|END|ABORT|ROLLBACK(?!\s+PREPARED)(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b)|PREPARE\s+TRANSACTION)\b/i
const unlocking = /^(?:DISCARD\s+ALL|SELECT\b[^';]*\bpg_advisory_unlock_all)\b/i

/** Why code may not send the text: null where it may. Outside a transaction a text may hold all of one. */
export function refusalOf(text: string, inTransaction: boolean): LimbeckError | null {
  if (
    !/\b(?:BEGIN|START|COMMIT|END|ABORT|ROLLBACK|PREPARE|DISCARD|pg_advisory_unlock_all)\b/i.test(
      text,
    )
  )
    return null
  // A function's body has semicolons of its own, which the grammar alone can tell.
  if (/\bBEGIN\s+ATOMIC\b/i.test(text)) return null
  let open = 0
  for (const statement of statementsOf(text)) {
    if (unlocking.test(statement)) return refused(statement, 'would give the migration lock back')
    if (!endings.test(statement)) continue
    const opens = /^(?:BEGIN|START)/i.test(statement)
    open += opens ? 1 : -1
    if (inTransaction || open < 0 || open > 1)
      return refused(statement, 'would begin or end a transaction that is not its own')
  }
  return open === 0
    ? null
    : refused(text.trim(), 'would begin or end a transaction that is not its own')
}

function refused(statement: string, what: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_STEP_FAILED',
    `"${withoutSecrets(statement).replace(/\s+/g, ' ').slice(0, 40)}" ${what}`,
    { hint: 'Use sql.begin() or db.transaction(): inside a transaction they are savepoints.' },
  )
}

function* statementsOf(text: string): Generator<string> {
  let from = 0
  const piece = (to: number) => {
    const part = text.slice(from, to)
    const code = codeRange(part)
    return part.slice(code.start, code.end)
  }
  for (const { kind, start, end } of sqlParts(text)) {
    if (kind !== 'semicolon') continue
    yield piece(start)
    from = end
  }
  yield piece(text.length)
}

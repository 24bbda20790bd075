import { setImmediate } from 'node:timers/promises'
import { now } from '../database/pause.ts'
import { rowPieces } from '../script/row-pieces.ts'
import type { Split } from '../script/split.ts'
import { splitPlain } from '../script/split-plain.ts'

/** What a server is good for while bodies are read. */
export interface ServerHelp {
  /** Asks PostgreSQL's own grammar whether it takes the statements. */
  readonly check: (statements: readonly string[]) => Promise<boolean>
  /** The same of one statement, by the grammar here. */
  readonly checkHere: (statement: string) => Promise<boolean>
  /** Cuts by the grammar here, while the server waits. */
  readonly grammar: Split
}

/** Characters that PostgreSQL is asked to check at once: it reads the first ones while we read on. */
const checkedCharacters = 4 * 1024
/** Characters that are on their way to be checked at most. */
const checkingCharacters = 1024 * 1024
/** Characters from which on it matters how fast the line is. */
const manyCharacters = 512 * 1024
/** What the line is tried with, and how long a fast one takes for it: about as long as the grammar here. */
const trial = { characters: 64 * 1024, ms: 60 }

/**
 * Cuts what is simple, and has it checked as it comes. All of it goes over the line twice, to be checked and to be run: where
 * there is much of it and the line is slow, rows are checked here. Whatever else a statement says is for the server to judge, whose
 * version the grammar here is not.
 */
export function checkedSplit({ check, checkHere, grammar }: ServerHelp): {
  readonly split: Split
  readonly passes: () => Promise<boolean>
} {
  let waiting: string[] = []
  let characters = 0
  let sent: Promise<boolean>[] = []
  let charactersSent = 0
  let charactersSeen = 0
  let isRight = true
  let isSlow: boolean | undefined
  const send = () => {
    if (waiting.length > 0) sent.push(check(waiting))
    charactersSent += characters
    waiting = []
    characters = 0
  }
  const passes = async () => {
    send()
    const answers = await Promise.all(sent)
    sent = []
    charactersSent = 0
    isRight &&= answers.every(Boolean)
    return isRight
  }
  const tryLine = async () => {
    await passes()
    const start = now()
    await check([`SELECT '${'x'.repeat(trial.characters)}'`])
    return now() - start > trial.ms
  }
  const checkRows = async (pieces: Iterable<string>) => {
    for (const piece of pieces) {
      // A syntax that is newer than the grammar here is no mistake.
      if (isRight && !(await checkHere(piece))) isRight = await check([piece])
      await setImmediate()
    }
  }
  const add = async (sql: string) => {
    charactersSeen += sql.length
    const pieces = charactersSeen > manyCharacters ? rowPieces(sql) : null
    if (pieces) isSlow ??= await tryLine()
    if (pieces && isSlow) return await checkRows(pieces)
    waiting.push(sql)
    characters += sql.length
    if (characters < checkedCharacters) return
    send()
    // What is sent leaves this process with the next turn of its loop.
    await setImmediate()
    if (charactersSent >= checkingCharacters) await passes()
  }
  const split: Split = async (sql, source) => {
    const statements = isRight ? splitPlain(sql, source) : null
    for (const statement of statements ?? []) await add(statement.sql)
    return statements ?? (await grammar(sql, source))
  }
  return { split, passes }
}

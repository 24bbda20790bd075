import { setImmediate } from 'node:timers/promises'
import { LimbeckError } from '../errors.ts'
import { applySteps, type Move } from '../revision/apply-step.ts'
import type { Step } from '../revision/revision.ts'
import { fingerprintAt, type Revisions } from '../script/revisions.ts'
import { type Split, splitSql } from '../script/split.ts'
import { splitPlain } from '../script/split-plain.ts'
import { type CompiledStep, charactersOf, compileStep } from './compile-step.ts'
import { previousEntry } from './ledger-statements.ts'

/** The steps of a run, every body of which has been read: nothing runs while any of the files is wrong. */
export interface PreparedSteps {
  readonly count: number
  /** Version rows after the last step, sorted. */
  readonly rows: readonly string[]
  /** The steps in order; to be walked once, since those behind are forgotten. */
  compiled(): AsyncIterable<CompiledStep>
}

/** Characters of bodies that are kept until their turn; what exceeds it is read again then. */
const keptCharacters = 8 * 1024 * 1024

/** Reads every body of the plan. Throws what compileStep() throws. */
export async function compileSteps(
  revisions: Revisions,
  rows: readonly string[],
  steps: readonly Step[],
): Promise<readonly CompiledStep[]> {
  const compiled: CompiledStep[] = []
  for (const move of applySteps(revisions.map, rows, steps))
    compiled.push(await compileMove(revisions, move))
  return compiled
}

/** Asks PostgreSQL's own grammar whether it takes the statements. */
export type GrammarCheck = (statements: readonly string[]) => Promise<boolean>

/** What a server is good for while bodies are read. */
export interface ServerHelp {
  readonly check: GrammarCheck
  /** Cuts by the grammar here, while the server waits. */
  readonly grammar: Split
}

/**
 * As `compileSteps`, for any number of steps and any size of files: memory stays bounded. With a server's help simple SQL is cut
 * without the grammar, which takes longer to load than most migrations to run, and PostgreSQL says whether that is right.
 */
export async function prepareSteps(
  revisions: Revisions,
  rows: readonly string[],
  steps: readonly Step[],
  help?: ServerHelp,
): Promise<PreparedSteps> {
  return await prepare(revisions, rows, steps, help?.grammar ?? splitSql, help?.check)
}

async function prepare(
  revisions: Revisions,
  rows: readonly string[],
  steps: readonly Step[],
  grammar: Split,
  check?: GrammarCheck,
): Promise<PreparedSteps> {
  const checking = check && checked(check, grammar)
  const simple: Split = async (sql, source) =>
    splitPlain(sql, source) ?? (await grammar(sql, source))
  const kept = new Map<Step, CompiledStep>()
  const hashes = new Map<Step, string | null>()
  let last = rows
  let characters = 0
  for (const move of applySteps(revisions.map, rows, steps)) {
    const step = await compileMove(revisions, move, checking?.split ?? grammar)
    last = move.rows
    // What the objects around the text take counts too.
    characters += charactersOf(step) + 1_000
    if (characters <= keptCharacters) kept.set(move.step, step)
    else hashes.set(move.step, step.history.hash)
  }
  // The grammar names what is wrong, if anything is.
  if (checking && !(await checking.passes())) return await prepare(revisions, rows, steps, grammar)
  async function* compiled() {
    for (const move of applySteps(revisions.map, rows, steps)) {
      const step =
        kept.get(move.step) ?? (await compileMove(revisions, move, check ? simple : grammar))
      const hash = hashes.get(move.step)
      if (hash !== undefined && hash !== step.history.hash) throw changedMeanwhile(step)
      kept.delete(move.step)
      yield move.step === steps.at(-1) ? remembering(revisions, step) : step
    }
  }
  return { count: steps.length, rows: last.toSorted(), compiled }
}

/** Steps that are all there already. */
export function preparedFrom(steps: readonly CompiledStep[]): PreparedSteps {
  const rows = steps.at(-1)?.move.rows.toSorted() ?? []
  async function* compiled() {
    yield* steps
  }
  return { count: steps.length, rows, compiled }
}

/** Characters that PostgreSQL is asked to check at once: it reads the first ones while we read on. */
const checkedCharacters = 4 * 1024
/** Characters that are on their way to be checked at most. */
const checkingCharacters = 1024 * 1024

/** Cuts what is simple, and has it checked as it comes. */
function checked(
  check: GrammarCheck,
  grammar: Split,
): { readonly split: Split; readonly passes: () => Promise<boolean> } {
  let waiting: string[] = []
  let characters = 0
  let sent: Promise<boolean>[] = []
  let charactersSent = 0
  let isRight = true
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
  const split: Split = async (sql, source) => {
    const statements = isRight ? splitPlain(sql, source) : null
    for (const statement of statements ?? []) {
      waiting.push(statement.sql)
      characters += statement.sql.length
      if (characters < checkedCharacters) continue
      send()
      // What is sent leaves this process with the next turn of its loop.
      await setImmediate()
    }
    if (charactersSent >= checkingCharacters) await passes()
    return statements ?? (await grammar(sql, source))
  }
  return { split, passes }
}

async function compileMove(
  revisions: Revisions,
  move: Move<Step>,
  split?: Split,
): Promise<CompiledStep> {
  const script = revisions.scripts.get(move.step.revision)
  if (!script) throw new TypeError(`the plan names ${move.step.revision}, which has no script`)
  const step = await compileStep(script, move, split)
  return { ...step, previous: previousEntry(revisions, script) }
}

function remembering(revisions: Revisions, step: CompiledStep): CompiledStep {
  const { history } = step
  return { ...step, history: { ...history, headOf: fingerprintAt(revisions, history.rowsAfter) } }
}

function changedMeanwhile({ script }: CompiledStep): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_FILE',
    `${script.file}: changed while Limbeck was running`,
    { file: script.file, revision: script.id, hint: 'Run the command again.' },
  )
}

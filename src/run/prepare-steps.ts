import { LimbeckError } from '../errors.ts'
import { applySteps, type Move } from '../revision/apply-step.ts'
import type { Step } from '../revision/revision.ts'
import { fingerprintAt, type Revisions } from '../script/revisions.ts'
import { type Split, splitSql } from '../script/split.ts'
import { splitPlain } from '../script/split-plain.ts'
import { checkedSplit, type ServerHelp } from './checked-split.ts'
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
  return await prepare(revisions, rows, steps, help?.grammar ?? splitSql, help)
}

async function prepare(
  revisions: Revisions,
  rows: readonly string[],
  steps: readonly Step[],
  grammar: Split,
  help?: ServerHelp,
): Promise<PreparedSteps> {
  const checking = help && checkedSplit(help)
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
        kept.get(move.step) ?? (await compileMove(revisions, move, help ? simple : grammar))
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

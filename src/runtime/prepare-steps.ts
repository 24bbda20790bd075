import { LimbeckError } from '../errors.ts'
import { applySteps, type Move } from '../revision/apply-step.ts'
import type { Step } from '../revision/revision.ts'
import { type Split, splitSql } from '../script/split.ts'
import { splitPlain } from '../script/split-plain.ts'
import { type CompiledStep, charactersOf, compileStep } from './compile-step.ts'
import { type Environment, fingerprintAt } from './environment.ts'

/** The steps of a run, every body of which has been read: nothing runs while any of the files is wrong. */
export interface PreparedSteps {
  readonly count: number
  /** Version rows after the last step, sorted. */
  readonly rows: readonly string[]
  /** Statements that were told apart without the grammar: PostgreSQL is to be asked whether they are right. */
  readonly unchecked: readonly string[]
  /** The steps in order; to be walked once, since those behind are forgotten. */
  compiled(): AsyncIterable<CompiledStep>
}

/** Characters of bodies that are kept until their turn; what exceeds it is read again then. */
const keptCharacters = 8 * 1024 * 1024

/** Reads every body of the plan. Throws what compileStep() throws. */
export async function compileSteps(
  environment: Environment,
  rows: readonly string[],
  steps: readonly Step[],
): Promise<readonly CompiledStep[]> {
  const compiled: CompiledStep[] = []
  for (const move of applySteps(environment.map, rows, steps))
    compiled.push(await compileMove(environment, move))
  return compiled
}

/**
 * As `compileSteps`, for any number of steps and any size of files: memory stays bounded. Unless `byGrammar`, short and
 * simple SQL is left to PostgreSQL to check, since loading the grammar takes longer than most migrations.
 */
export async function prepareSteps(
  environment: Environment,
  rows: readonly string[],
  steps: readonly Step[],
  { byGrammar = false } = {},
): Promise<PreparedSteps> {
  const unchecked: string[] = []
  const split = byGrammar ? splitSql : plainFirst(unchecked)
  const kept = new Map<Step, CompiledStep>()
  const hashes = new Map<Step, string | null>()
  let last = rows
  let characters = 0
  for (const move of applySteps(environment.map, rows, steps)) {
    const step = await compileMove(environment, move, split)
    last = move.rows
    // What the objects around the text take counts too.
    characters += charactersOf(step) + 1_000
    if (characters <= keptCharacters) kept.set(move.step, step)
    else hashes.set(move.step, step.history.hash)
  }
  async function* compiled() {
    for (const move of applySteps(environment.map, rows, steps)) {
      const step = kept.get(move.step) ?? (await compileMove(environment, move))
      const hash = hashes.get(move.step)
      if (hash !== undefined && hash !== step.history.hash) throw changedMeanwhile(step)
      kept.delete(move.step)
      yield move.step === steps.at(-1) ? remembering(environment, step) : step
    }
  }
  return { count: steps.length, rows: last.toSorted(), unchecked, compiled }
}

/** Steps that are all there already. */
export function preparedFrom(steps: readonly CompiledStep[]): PreparedSteps {
  const rows = steps.at(-1)?.move.rows.toSorted() ?? []
  async function* compiled() {
    yield* steps
  }
  return { count: steps.length, rows, unchecked: [], compiled }
}

/** Characters that PostgreSQL is asked to check at most. */
const uncheckedCharacters = 2 * 1024 * 1024

function plainFirst(unchecked: string[]): Split {
  let characters = 0
  return async (sql, source) => {
    characters += sql.length
    const statements = characters > uncheckedCharacters ? null : splitPlain(sql, source)
    for (const statement of statements ?? []) unchecked.push(statement.sql)
    return statements ?? (await splitSql(sql, source))
  }
}

async function compileMove(
  { scripts }: Environment,
  move: Move<Step>,
  split?: Split,
): Promise<CompiledStep> {
  const script = scripts.get(move.step.revision)
  if (!script) throw new TypeError(`the plan names ${move.step.revision}, which has no script`)
  return await compileStep(script, move, split)
}

function remembering(environment: Environment, step: CompiledStep): CompiledStep {
  const { history } = step
  return { ...step, history: { ...history, headOf: fingerprintAt(environment, history.rowsAfter) } }
}

function changedMeanwhile({ script }: CompiledStep): LimbeckError {
  return new LimbeckError(
    'LIMBECK_INVALID_FILE',
    `${script.file}: changed while Limbeck was running`,
    { file: script.file, revision: script.id, hint: 'Run the command again.' },
  )
}

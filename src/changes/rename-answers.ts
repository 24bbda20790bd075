import type { Comparison } from '../autogenerate/compare-with-database.ts'
import { renameText } from '../autogenerate/labels.ts'
import { openRenames } from '../autogenerate/questions.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError, type Question } from '../errors.ts'
import type { Rename } from '../schema/operation.ts'
import { parseRename } from '../schema/rename/parse.ts'
import { type Problem, renameProblem } from './rename-problem.ts'
import { readSavedAnswers, type SavedAnswer } from './saved-answers.ts'

/** What a person says about renames, and how to ask about the rest. */
export interface RenameOptions {
  /** `table.old=new`, `old=new`, `enum.value=new`; before the `=` names are as in the database. */
  readonly rename?: string | readonly string[] | undefined
  /** What the models have that is new, and no new name of something gone. */
  readonly new?: string | readonly string[] | undefined
  /** false: nothing was renamed; what is gone is dropped. Default: true. */
  readonly renames?: boolean | undefined
  /** Chooses one of the question's answers by its index. Default: LIMBECK_RENAME_QUESTION. */
  readonly ask?: ((question: Question) => Promise<number>) | undefined
}

/** A comparison about which nothing is left to ask. */
export interface Answered {
  readonly comparison: Comparison
  readonly renames: readonly Rename[]
  /** What this run was told, to be kept. */
  readonly answers: readonly SavedAnswer[]
}

/**
 * Compares, and compares again with each rename that is answered, until nothing is left to ask. Kept answers that fit
 * nothing any more do not count. Throws LIMBECK_RENAME_QUESTION with all open questions, LIMBECK_INVALID_OPTION.
 */
export async function answerRenames(
  compare: (renames: readonly Rename[]) => Promise<Comparison>,
  { schema, autogenerate: { hints } }: Pick<Config, 'schema' | 'autogenerate'>,
  { rename, new: added, renames: mayBeRenamed = true, ask }: RenameOptions,
): Promise<Answered> {
  const kept = await readSavedAnswers(hints)
  const answers: SavedAnswer[] = [
    ...[rename ?? []].flat().map((text) => ({ rename: text })),
    ...[added ?? []].flat().map((text) => ({ new: text })),
  ]
  let comparison = await compare([])
  const renames = [...givenRenames(answers, kept, comparison, schema)]
  const settled = new Set([...answers, ...kept].flatMap((answer) => answer.new ?? []))
  if (renames.length > 0) comparison = await compare(renames)
  while (mayBeRenamed) {
    const open = openRenames(comparison, renames, { settled, schema })
    const [first] = open
    if (first === undefined) break
    const { question, candidates } = first
    if (ask === undefined) throw unanswered(open.map((each) => each.question))
    const chosen = candidates[await ask(question)]
    if (chosen === undefined) {
      settled.add(question.from)
      answers.push(...question.to.map((name) => ({ new: name })))
    } else {
      renames.push(chosen)
      answers.push({ rename: renameText(chosen, schema) })
      comparison = await compare(renames)
    }
  }
  return { comparison, renames, answers }
}

/** What was typed has to fit; what was kept counts where it still does. */
function givenRenames(
  answers: readonly SavedAnswer[],
  kept: readonly SavedAnswer[],
  comparison: Comparison,
  schema: string,
): readonly Rename[] {
  const parsed = (given: readonly SavedAnswer[]) =>
    given.flatMap(({ rename: text }) =>
      text === undefined ? [] : [{ text, rename: parseRename(text, comparison.live, schema) }],
    )
  const typed = parsed(answers)
  const remembered = parsed(kept)
  const all = [...typed, ...remembered].flatMap(({ rename }) => rename ?? [])
  for (const { text, rename } of typed) {
    const problem = rename === null ? nothing : renameProblem(rename, comparison, all)
    if (problem !== null) throw misfit(text, problem)
  }
  const fitting = allFitting(all, comparison)
  const byText = new Map(fitting.map((rename) => [renameText(rename, schema), rename]))
  return [...byText.values()]
}

/** Without what does not fit, nor what only fits beside that. */
function allFitting(renames: readonly Rename[], comparison: Comparison): readonly Rename[] {
  const fitting = renames.filter((rename) => renameProblem(rename, comparison, renames) === null)
  return fitting.length === renames.length ? fitting : allFitting(fitting, comparison)
}

const nothing: Problem = { fact: 'the database has nothing of that name', near: null }

function misfit(text: string, { fact, near }: Problem): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', `--rename ${text}: ${fact}`, {
    hint:
      near === null
        ? 'Write it as table.old=new, old=new or enum.value=new, the name in the database first.'
        : `Did you mean '${near}'?`,
  })
}

function unanswered(questions: readonly Question[]): LimbeckError {
  const lines = questions.map(({ of, from, to }) => `- ${of} ${from}: now ${to.join(' or ')}?`)
  const [example = ''] = questions.flatMap(({ answers }) => answers)
  return new LimbeckError(
    'LIMBECK_RENAME_QUESTION',
    `something is gone from the models, and something like it is new: was it renamed?\n${lines.join('\n')}`,
    {
      questions,
      hint: `Say so: ${example}\nIf not: ${questions.map(({ answers }) => answers.at(-1)).join(' ')}, or --no-renames.`,
    },
  )
}

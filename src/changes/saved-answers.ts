import { readFile, writeFile } from 'node:fs/promises'
import { LimbeckError } from '../errors.ts'

/** An answer to a question about a rename, as it is kept: `{ "rename": "users.name=full_name" }`. */
export type SavedAnswer =
  | { readonly rename: string; readonly new?: undefined }
  | { readonly new: string; readonly rename?: undefined }

/** The answers that are kept; none without a file. Throws LIMBECK_INVALID_OPTION for a file that says something else. */
export async function readSavedAnswers(file: string | undefined): Promise<readonly SavedAnswer[]> {
  if (file === undefined) return []
  try {
    const answers: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (Array.isArray(answers) && answers.every(isSavedAnswer)) return answers
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw invalidFile(file, cause)
  }
  throw invalidFile(file)
}

/** Adds answers to the file, each once, one a line: small diffs in review. */
export async function saveAnswers(
  file: string | undefined,
  answers: readonly SavedAnswer[],
): Promise<void> {
  if (file === undefined) return
  const known = (await readSavedAnswers(file)).map((answer) => JSON.stringify(answer))
  const lines = [...new Set([...known, ...answers.map((answer) => JSON.stringify(answer))])]
  if (lines.length === known.length) return
  await writeFile(file, `[\n${lines.map((line) => `  ${line}`).join(',\n')}\n]\n`)
}

function isSavedAnswer(value: unknown): value is SavedAnswer {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const [[key, text] = [], ...others] = entries
  return (key === 'rename' || key === 'new') && typeof text === 'string' && others.length === 0
}

function invalidFile(file: string, cause?: unknown): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', `${file} holds no list of answers`, {
    file,
    cause,
    hint: 'Write it as [{ "rename": "users.name=full_name" }, { "new": "users.nickname" }], or delete it.',
  })
}

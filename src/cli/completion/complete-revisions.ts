import { readConfig } from '../config-file.ts'
import type { Io } from '../io.ts'

/** What a word may become. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

/**
 * Revisions, labels and symbols that the text may become, also behind `start:` and `branch@`. Only the heads of the
 * files are read, and no graph is built. Throws what readConfig() and readScripts() throw.
 */
export async function completeRevisions(
  io: Io,
  config: string | undefined,
  text: string,
): Promise<readonly Candidate[]> {
  const { migrations = [] } = await readConfig(io, config === undefined ? {} : { config })
  const { readScripts } = await import('../../script/script-directory.ts')
  const scripts = await readScripts([migrations].flat().map(String))
  const start = text.slice(0, text.lastIndexOf(':') + 1)
  const rest = text.slice(start.length)
  const branch = rest.slice(0, rest.indexOf('@') + 1)
  const labels = scripts.flatMap((script) => script.labels)
  const all =
    branch === ''
      ? [
          ...symbols,
          ...(start === '' ? [] : [{ value: 'current', description: 'where the database is' }]),
          ...labels.flatMap((label) => [
            { value: label, description: 'label' },
            { value: `${label}@head`, description: 'the head of that branch' },
          ]),
          ...scripts.map(({ id, message }) => ({ value: id, description: message })),
        ]
      : symbols.map((symbol) => ({ ...symbol, value: `${branch}${symbol.value}` }))
  return all
    .filter(({ value }) => value.startsWith(rest) && isHarmless.test(value))
    .map(({ value, description }) => ({ value: `${start}${value}`, description }))
}

const symbols: readonly Candidate[] = [
  { value: 'head', description: 'the newest revision' },
  { value: 'heads', description: 'the newest revision of every branch' },
  { value: 'base', description: 'before the first revision' },
]

/** Shells paste candidates as they are: a file must not be able to offer a command. */
const isHarmless = /^[\p{L}\p{N}\p{M}_.@+-]+$/u

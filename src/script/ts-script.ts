import { didYouMean } from '../did-you-mean.ts'
import { lineAt } from '../sql/line-at.ts'
import { buildScript, type Located } from './header.ts'
import { invalidFile } from './invalid-file.ts'
import type { FreshUse, Script } from './script.ts'
import { commentHeader } from './ts-comment.ts'
import { type Literal, readLiteral } from './ts-literal.ts'
import { type Token, tokenize } from './ts-tokens.ts'

const NAMES = [
  'revision',
  'downRevision',
  'created',
  'labels',
  'dependsOn',
  'transaction',
  'irreversible',
  'compatible',
  'fresh',
  'models',
] as const

type Name = (typeof NAMES)[number]

const OTHER_NAMES: Readonly<Record<string, Name>> = {
  revises: 'downRevision',
  branchlabels: 'labels',
}

/**
 * Reads the header of a `.ts` revision from its normalized text without running it: the top-level exports
 * with literal values, the message from the first comment. Throws LIMBECK_INVALID_FILE with the line and
 * what to write.
 */
export function parseTsScript(file: string, text: string): Script {
  if (text.trim() === '') {
    throw invalidFile(file, 1, 'is empty', 'Write a revision, or remove the file.')
  }
  const { constants, functions } = readExports(file, text)
  const value = reader(file, constants)
  const { message, keys } = readComment(text)
  const inComment = commentHeader(file, keys)
  const revision = value('revision', "'<id>'", isText) ?? inComment.revision
  const exported = value('downRevision', "'<parent>', or null for a base", isParents)
  const parents = exported ? names(exported) : inComment.parents
  if (revision === undefined) throw missing(file, "revision = '<id>'")
  if (parents === undefined) throw missing(file, "downRevision = '<parent>', or null for a base")
  const labels = value('labels', "['<label>']", isNames)
  const dependsOn = value('dependsOn', "['<id>']", isNames)
  const irreversible = value('irreversible', "'<reason>'", isText) ?? inComment.irreversible
  const compatible = value('compatible', 'true or false', isYesOrNo)
  if (!functions.has('upgrade')) throw missingFunction(file, 'upgrade')
  if (!functions.has('downgrade') && !irreversible) throw missingFunction(file, 'downgrade')
  return buildScript(file, 'ts', {
    message,
    revision,
    parents,
    created: value('created', "'2026-11-21T02:03:04Z'", isText) ?? inComment.created,
    labels: labels ? names(labels) : inComment.labels,
    dependsOn: dependsOn ? names(dependsOn) : inComment.dependsOn,
    transaction:
      value('transaction', "'none'", (literal) => literal === 'none') ?? inComment.transaction,
    irreversible,
    compatible: compatible ? yesOrNo(compatible) : inComment.compatible,
    fresh: value('fresh', "'before', 'run' or 'skip'", isFreshUse) ?? inComment.fresh,
    models: value('models', "'<fingerprint>'", isText) ?? inComment.models,
  })
}

interface Exports {
  readonly constants: ReadonlyMap<Name, Located<Literal>>
  readonly functions: ReadonlySet<string>
}

function readExports(file: string, text: string): Exports {
  const tokens = tokenize(file, text)
  const constants = new Map<Name, Located<Literal>>()
  const functions = new Set<string>()
  for (const [index, token] of tokens.entries()) {
    if (token.text !== 'export' || token.kind !== 'word' || token.depth !== 0) continue
    const rest = tokens.slice(index + 1, index + 4).map(({ text: word }) => word)
    const [first = '', second = ''] = rest
    if (first === '{') for (const name of exportedNames(tokens, index + 2)) functions.add(name)
    if (first === 'function') functions.add(second === '*' ? (rest[2] ?? '') : second)
    if (first === 'async' && second === 'function') functions.add(rest[2] ?? '')
    if (!/^(const|let|var)$/.test(first)) continue
    functions.add(second)
    const line = lineAt(text, token.start)
    const name = headName(file, line, second)
    if (name === undefined) continue
    constants.set(name, constantValue(file, line, name, constants, tokens, index))
  }
  return { constants, functions }
}

function headName(file: string, line: number, word: string): Name | undefined {
  const name = NAMES.find((known) => known === word)
  const meant = name ?? didYouMean(word, NAMES, OTHER_NAMES)
  if (name !== undefined || meant === null) return name
  throw invalidFile(
    file,
    line,
    `unknown export "${word}"`,
    `Did you mean "${meant}"? A helper that really is called "${word}" must not be exported.`,
  )
}

function constantValue(
  file: string,
  line: number,
  name: Name,
  before: ReadonlyMap<Name, Located<Literal>>,
  tokens: readonly Token[],
  at: number,
): Located<Literal> {
  if (before.has(name)) {
    throw invalidFile(file, line, `"${name}" is exported twice`, 'Remove one of the two.')
  }
  const value = tokens[at + 1]?.text === 'const' ? readLiteral(tokens, at + 3) : undefined
  if (value !== undefined) return { value, line }
  throw invalidFile(
    file,
    line,
    `the value of "${name}" is not a literal`,
    `Write "export const ${name} = " with a plain string, null, true, false or array of strings: the graph is read without running code.`,
  )
}

function* exportedNames(tokens: readonly Token[], from: number): Generator<string> {
  for (let at = from; at < tokens.length && tokens[at]?.text !== '}'; at++) {
    const next = tokens[at + 1]?.text
    if (next === ',' || next === '}') yield tokens[at]?.text ?? ''
  }
}

function reader(file: string, constants: ReadonlyMap<Name, Located<Literal>>) {
  return <T extends Literal>(name: Name, write: string, fits: (value: Literal) => value is T) => {
    const found = constants.get(name)
    if (found === undefined) return undefined
    const { value, line } = found
    if (fits(value)) return { value, line }
    const hint = `Write "export const ${name} = ${write}".`
    throw invalidFile(file, line, `${JSON.stringify(value)} is not a value of "${name}"`, hint)
  }
}

function isText(value: Literal): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function isNames(value: Literal): value is string | readonly string[] {
  return typeof value === 'string' || Array.isArray(value)
}

function isParents(value: Literal): value is string | readonly string[] | null {
  return value === null || isNames(value)
}

function isYesOrNo(value: Literal): value is boolean | 'yes' | 'no' {
  return typeof value === 'boolean' || value === 'yes' || value === 'no'
}

function isFreshUse(value: Literal): value is FreshUse {
  return value === 'before' || value === 'run' || value === 'skip'
}

function names({
  value,
  line,
}: Located<string | readonly string[] | null>): Located<readonly string[]> {
  return { value: value === null ? [] : [value].flat(), line }
}

function yesOrNo({ value, line }: Located<Literal>): Located<boolean> {
  return { value: value === true || value === 'yes', line }
}

/** The first comment: its first line is the message, lines below it may be the keys of a `.sql` file's header. */
function readComment(text: string): {
  readonly message: string
  readonly keys: readonly Located<string>[]
} {
  const opening = /^(?:#![^\n]*\n)?\s*(\/\*[\s\S]*?\*\/|(?:[ \t]*\/\/[^\n]*(?:\n|$))+)/.exec(text)
  const comment = opening?.[1] ?? ''
  const first = lineAt(text, text.indexOf(comment))
  const lines = comment.startsWith('/*')
    ? comment
        .slice(2, -2)
        .split('\n')
        .map((line) => line.trim().replace(/^\*+/, '').trim())
    : comment.split('\n').map((line) => line.trim().slice(2).trim())
  const at = lines.findIndex((line) => line !== '')
  const message = lines[at] ?? ''
  const keys = lines.flatMap((value, index) => (index > at ? [{ value, line: first + index }] : []))
  return { message, keys }
}

function missing(file: string, what: string) {
  return invalidFile(
    file,
    undefined,
    `does not export "${what.split(' ', 1)[0]}"`,
    `Write "export const ${what}"; helpers of revisions belong into a folder of their own.`,
  )
}

function missingFunction(file: string, name: 'upgrade' | 'downgrade') {
  const write = `Write "export async function ${name}(ctx) { … }"`
  return invalidFile(
    file,
    undefined,
    `does not export the function "${name}"`,
    name === 'upgrade' ? `${write}.` : `${write}, or "export const irreversible = '<reason>'".`,
  )
}

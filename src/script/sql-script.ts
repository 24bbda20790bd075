import { didYouMean } from '../did-you-mean.ts'
import { buildScript, type Header, type Located } from './header.ts'
import { invalidFile } from './invalid-file.ts'
import type { Script } from './script.ts'

const KEYS = [
  'revision',
  'revises',
  'created',
  'labels',
  'depends-on',
  'transaction',
  'irreversible',
  'compatible',
  'fresh',
  'ledger',
  'models',
] as const

type Key = (typeof KEYS)[number]

// Alembic's words, and what people write for them.
const OTHER_NAMES: Readonly<Record<string, Key>> = {
  downrevision: 'revises',
  parent: 'revises',
  parents: 'revises',
  revisionid: 'revision',
  id: 'revision',
  createdate: 'created',
  date: 'created',
  branchlabel: 'labels',
  branchlabels: 'labels',
  depends: 'depends-on',
}

/** The header of a `.sql` file and the line where its bodies begin. */
export interface SqlHeader {
  readonly script: Script
  /** Index of the line after the `-- +upgrade` marker. */
  readonly bodyStart: number
}

/** True when `text`, the beginning of a file, holds all of its header. */
export function holdsWholeHeader(text: string): boolean {
  return /\n[ \t]*--[ \t]*\+upgrade[ \t\r]*\n/.test(text)
}

/**
 * Reads the header of a `.sql` revision from normalized text that holds all of it. The first line is the
 * message; from the first line that looks like a key on, only keys may follow until `-- +upgrade`.
 * Throws LIMBECK_INVALID_FILE with the line and what to write.
 */
export function parseSqlHeader(file: string, text: string): SqlHeader {
  const { lines, bodyStart } = headLines(file, text)
  const [first, ...others] = lines
  const keys = readKeys(file, others)
  // Without a message the first key stands where the message would, and is missing below.
  const lost = keyLine(first?.value ?? '')?.key
  const headless = (lost === 'revision' || lost === 'revises') && !keys.has(lost)
  const all = headless ? readKeys(file, lines) : keys
  const message = headless ? '' : (first?.value ?? '')
  return { script: buildScript(file, 'sql', toHeader(file, message, all)), bodyStart }
}

function headLines(file: string, text: string): { lines: Located<string>[]; bodyStart: number } {
  if (text.trim() === '') {
    throw invalidFile(file, 1, 'is empty', 'Write a header and a body, or remove the file.')
  }
  const lines: Located<string>[] = []
  let start = 0
  for (let line = 1; start < text.length; line++) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const content = text.slice(start, end).trim()
    start = end + 1
    // The first line is the message whatever it says, so that no message can be taken for a marker.
    if (lines.length > 0 && isUpgradeMarker(content)) {
      return { lines, bodyStart: Math.min(start, text.length) }
    }
    if (content === '') continue
    if (!content.startsWith('--')) throw bodyWithoutMarker(file, line, lines, content)
    lines.push({ value: content.slice(2).trim(), line })
  }
  throw noUpgradeMarker(file, lines)
}

function isUpgradeMarker(content: string): boolean {
  return /^--[ \t]*\+upgrade$/.test(content)
}

function bodyWithoutMarker(
  file: string,
  line: number,
  lines: readonly Located<string>[],
  content: string,
) {
  if (/^(?:<{7}|>{7}|={7})(?: |$)/.test(content))
    return invalidFile(
      file,
      line,
      'holds the markers of a merge conflict',
      'Keep one side. Two revisions are two files: give the other one a file and an id of its own.',
    )
  return lines.some(({ value }) => keyLine(value)?.key === 'revision')
    ? invalidFile(
        file,
        line,
        'SQL before the "-- +upgrade" marker',
        'Write a line "-- +upgrade" above the first statement.',
      )
    : missingHeader(file)
}

function noUpgradeMarker(file: string, lines: readonly Located<string>[]) {
  const last = lines.at(-1)?.line ?? 1
  if (!lines.some(({ value }) => keyLine(value) !== undefined)) return missingHeader(file)
  return invalidFile(
    file,
    last,
    'ends without a "-- +upgrade" marker: it looks half-written',
    'Write a line "-- +upgrade" below the header, the statements, a line "-- +downgrade" and what undoes them.',
  )
}

function missingHeader(file: string) {
  return invalidFile(
    file,
    1,
    'has no header comment',
    'Begin with the lines "-- <message>", "--", "-- revision: <id>", "-- revises: <parent, or nothing for a base>", and "-- +upgrade" above the statements; `npx limbeck revision -m "<message>"` writes them.',
  )
}

// A near miss counts as a key, so that a misspelt one cannot pass for prose.
function keyLine(value: string): { word: string; key: Key | null; value: string } | undefined {
  const match = /^([A-Za-z][A-Za-z_-]*(?: [A-Za-z]+)?)\s*:(?:\s+(.*)|)$/.exec(value)
  const word = match?.[1]
  if (word === undefined) return undefined
  const key = KEYS.find((known) => known === word)
  if (key === undefined && didYouMean(word, KEYS, OTHER_NAMES) === null) return undefined
  return { word, key: key ?? null, value: match?.[2]?.trim() ?? '' }
}

function readKeys(file: string, lines: readonly Located<string>[]): Map<Key, Located<string>> {
  const keys = new Map<Key, Located<string>>()
  const begin = lines.findIndex(({ value }) => keyLine(value) !== undefined)
  for (const { value: content, line } of begin === -1 ? [] : lines.slice(begin)) {
    if (content === '') continue
    const found = keyLine(content)
    if (found?.key == null) throw unknownKey(file, line, found?.word ?? content)
    const before = keys.get(found.key)
    if (before !== undefined) {
      throw invalidFile(
        file,
        line,
        `"${found.key}:" is given twice, first in line ${before.line}`,
        'Remove one of the two lines.',
      )
    }
    keys.set(found.key, { value: found.value, line })
  }
  return keys
}

function unknownKey(file: string, line: number, content: string) {
  const word = content.split(':')[0]?.trim() ?? ''
  const meant = didYouMean(word, KEYS, OTHER_NAMES)
  if (meant !== null) {
    return invalidFile(file, line, `unknown key "${word}"`, `Did you mean "${meant}:"?`)
  }
  return invalidFile(
    file,
    line,
    content.includes(':') ? `unknown key "${word}"` : `"${content}" is not a key`,
    `The keys are ${KEYS.join(', ')}; notes go above the keys or below "-- +upgrade".`,
  )
}

function toHeader(file: string, message: string, keys: ReadonlyMap<Key, Located<string>>): Header {
  const revision = keys.get('revision')
  if (revision === undefined || revision.value === '') {
    if (keys.size === 0) throw missingHeader(file)
    throw missingKey(file, revision?.line ?? 1, 'revision', 'Write "-- revision: <id>".')
  }
  const revises = keys.get('revises')
  if (revises === undefined) {
    const write = 'Write "-- revises: <parent>", or "-- revises:" with nothing behind for a base.'
    throw missingKey(file, revision.line, 'revises', write)
  }
  const choice = <T>(key: Key, choices: Readonly<Record<string, T>>) =>
    readChoice(file, key, keys.get(key), choices)
  const names = (key: Key) => readNames(file, key, keys.get(key))
  return {
    message,
    revision,
    parents: { value: splitNames(revises.value), line: revises.line },
    created: given(file, 'created', keys.get('created'), '<date>'),
    labels: names('labels'),
    dependsOn: names('depends-on'),
    transaction: choice('transaction', { none: 'none' as const }),
    irreversible: given(file, 'irreversible', keys.get('irreversible'), '<reason>'),
    compatible: choice('compatible', { yes: true, no: false }),
    fresh: choice('fresh', { before: 'before', run: 'run', skip: 'skip' } as const),
    models: given(file, 'models', keys.get('models'), '<fingerprint>'),
    ledger: given(file, 'ledger', keys.get('ledger'), '<tool> <name>'),
  }
}

function missingKey(file: string, line: number, key: Key, write: string) {
  return invalidFile(file, line, `the header has no "${key}:"`, write)
}

function splitNames(value: string): readonly string[] {
  return value === '' ? [] : value.split(',').map((name) => name.trim())
}

function readNames(file: string, key: Key, entry: Located<string> | undefined) {
  const named = given(file, key, entry, '<names>')
  return named && { value: splitNames(named.value), line: named.line }
}

function given(file: string, key: Key, entry: Located<string> | undefined, what: string) {
  if (entry === undefined || entry.value !== '') return entry
  const hint = `Write "-- ${key}: ${what}", or remove the line.`
  throw invalidFile(file, entry.line, `"${key}:" has no value`, hint)
}

function readChoice<T>(
  file: string,
  key: Key,
  entry: Located<string> | undefined,
  choices: Readonly<Record<string, T>>,
): Located<T> | undefined {
  if (entry === undefined) return undefined
  const chosen = Object.entries(choices).find(([name]) => name === entry.value)
  if (chosen !== undefined) return { value: chosen[1], line: entry.line }
  const lines = Object.keys(choices).map((name) => `"-- ${key}: ${name}"`)
  throw invalidFile(
    file,
    entry.line,
    `"${entry.value}" is not a value of "${key}:"`,
    `Write ${lines.join(' or ')}, or remove the line.`,
  )
}

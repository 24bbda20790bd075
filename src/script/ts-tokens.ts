import { lineAt } from '../sql/line-at.ts'
import { invalidFile } from './invalid-file.ts'

/** A token of TypeScript text, as far as it takes to find top-level exports. */
export interface Token {
  readonly kind: 'word' | 'string' | 'template' | 'regex' | 'mark'
  readonly text: string
  readonly start: number
  /** How many brackets are open around it; a bracket itself counts as outside. */
  readonly depth: number
  /** True when a line break stands between it and the token before. */
  readonly newline: boolean
}

const SPACE = /(?:\s|\/\/[^\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y
const WORD = /[\p{ID_Start}$_#@\d][\p{ID_Continue}$\u200c\u200d]*/uy
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
const TEMPLATE_PART = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/y
const MARK = /=>|[=!]==?|[\s\S]/y
// After these words a value begins, so a slash begins a regular expression.
const BEFORE_VALUE =
  /^(return|typeof|case|in|of|delete|void|instanceof|new|do|else|await|yield|throw|default)$/

/**
 * Cuts TypeScript text into tokens without comments. Throws LIMBECK_INVALID_FILE, with the line where it
 * begins, for a string, template, comment or bracket that never ends: a half-written file.
 */
export function tokenize(file: string, text: string): readonly Token[] {
  const tokens: Token[] = []
  const open: { readonly text: string; readonly start: number }[] = []
  let at = text.startsWith('#!') ? Math.max(text.indexOf('\n'), 0) : 0
  while (true) {
    const space = match(SPACE, text, at)
    at += space.length
    if (at >= text.length) break
    const newline = space.includes('\n')
    const resumed = text[at] === '}' && open.at(-1)?.text === '`'
    const found = resumed ? undefined : tokenAt(file, text, at, tokens.at(-1))
    if (found !== undefined && found.kind !== 'template') {
      if (/^[)\]}]$/.test(found.text)) closeBracket(file, text, at, open)
      tokens.push({ ...found, start: at, depth: open.length, newline })
      if (/^[([{]$/.test(found.text)) open.push({ text: found.text, start: at })
      at += found.text.length
      continue
    }
    // A template runs to its end or to `${`, and again from the `}` that closes that.
    const template = resumed ? open.pop() : { text: '`', start: at }
    const begin = template?.start ?? at
    const part = match(TEMPLATE_PART, text, at + 1)
    if (part === '') throw neverEnds(file, text, begin, 'template')
    at += 1 + part.length
    if (part.endsWith('${')) open.push({ text: '`', start: begin })
    else {
      const whole = text.slice(begin, at)
      tokens.push({ kind: 'template', text: whole, start: begin, depth: open.length, newline })
    }
  }
  const [unclosed] = open
  if (unclosed !== undefined) throw neverEnds(file, text, unclosed.start, wordFor(unclosed.text))
  return tokens
}

const wordFor = (opening: string) => (opening === '`' ? 'template' : `"${opening}"`)

function tokenAt(
  file: string,
  text: string,
  at: number,
  before: Token | undefined,
): Pick<Token, 'kind' | 'text'> {
  const character = text[at]
  if (character === '`') return { kind: 'template', text: '`' }
  if (character === "'" || character === '"') {
    const string = match(STRING, text, at)
    if (string === '') throw neverEnds(file, text, at, 'string')
    return { kind: 'string', text: string }
  }
  if (text.startsWith('/*', at)) throw neverEnds(file, text, at, 'comment')
  if (character === '/' && valueMayBegin(before)) {
    const regex = match(REGEX, text, at)
    if (regex !== '') return { kind: 'regex', text: regex }
  }
  const word = match(WORD, text, at)
  if (word !== '') return { kind: 'word', text: word }
  return { kind: 'mark', text: match(MARK, text, at) }
}

function valueMayBegin(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'word') return BEFORE_VALUE.test(before.text)
  return before.kind === 'mark' && !/^[)\]]$/.test(before.text)
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

function closeBracket(file: string, text: string, at: number, open: { text: string }[]): void {
  const bracket = text[at] ?? ''
  if (open.at(-1)?.text === CLOSES[bracket]) {
    open.pop()
    return
  }
  throw invalidFile(
    file,
    lineAt(text, at),
    `"${bracket}" closes nothing`,
    'Correct the brackets, or restore the whole file.',
  )
}

function neverEnds(file: string, text: string, at: number, what: string) {
  return invalidFile(
    file,
    lineAt(text, at),
    `the ${what} that begins here never ends: the file looks half-written`,
    'Close it, or restore the whole file.',
  )
}

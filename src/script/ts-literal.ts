import type { Token } from './ts-tokens.ts'

/** A value that can be read without running code. */
export type Literal = string | boolean | null | readonly string[]

/**
 * The literal that a declaration gives, from the token behind its name on, past a type annotation and up
 * to `as const` or `satisfies`. Undefined when the value is missing or is not a literal.
 */
export function readLiteral(tokens: readonly Token[], from: number): Literal | undefined {
  const equals = skipAnnotation(tokens, from)
  if (tokens[equals]?.text !== '=') return undefined
  const found = literalAt(tokens, equals + 1)
  return found !== undefined && endsHere(tokens, found.next) ? found.value : undefined
}

function skipAnnotation(tokens: readonly Token[], from: number): number {
  if (tokens[from]?.text !== ':') return from
  const rest = tokens.slice(from)
  const equals = rest.findIndex(({ depth, text }) => depth === 0 && /^(=|;|export)$/.test(text))
  return equals === -1 ? tokens.length : from + equals
}

function literalAt(
  tokens: readonly Token[],
  at: number,
): { readonly value: Literal; readonly next: number } | undefined {
  const token = tokens[at]
  if (token?.text === '[') return arrayAt(tokens, at + 1)
  if (token?.text === 'null') return { value: null, next: at + 1 }
  if (token?.text === 'true' || token?.text === 'false') {
    return { value: token.text === 'true', next: at + 1 }
  }
  const value = stringValue(token)
  return value === undefined ? undefined : { value, next: at + 1 }
}

function arrayAt(tokens: readonly Token[], from: number) {
  const value: string[] = []
  let at = from
  while (tokens[at]?.text !== ']') {
    const item = stringValue(tokens[at])
    if (item === undefined) return undefined
    value.push(item)
    at++
    if (tokens[at]?.text === ',') at++
    else if (tokens[at]?.text !== ']') return undefined
  }
  return { value, next: at + 1 }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
}

function stringValue(token: Token | undefined): string | undefined {
  if (token?.kind !== 'string' && token?.kind !== 'template') return undefined
  const body = token.text.slice(1, -1)
  if (token.kind === 'template' && /(?<!\\)(?:\\\\)*\$\{/.test(body)) return undefined
  return body.replace(
    /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/gu,
    (_, point, unit, byte, character) => {
      const code = point ?? unit ?? byte
      if (code === undefined) return ESCAPES[character] ?? character
      const number = Number.parseInt(code, 16)
      return number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd'
    },
  )
}

/** Whether a declaration may end before the token at `at`, so that the literal is the whole value. */
function endsHere(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]
  if (token === undefined || token.text === ';') return true
  if (token.text === 'as' || token.text === 'satisfies') {
    const rest = tokens.slice(at + 1)
    // The type runs to the end of the statement; arithmetic on a type is no TypeScript.
    return rest.length > 0 && !/^[;=]$/.test(rest[0]?.text ?? '')
  }
  return token.newline && token.kind === 'word' && !/^(in|instanceof)$/.test(token.text)
}

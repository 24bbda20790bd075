import { sqlParts } from './text.ts'

const words = /pass(?:word|wd|phrase)|secret|token|credential|api_?key|private_?key/i
/** Their options and connection strings may be secrets whatever they are called. */
const statements =
  /\b(?:USER\s+MAPPING|SUBSCRIPTION|SERVER|FOREIGN\s+DATA\s+WRAPPER|dblink\w*)\b|\bCONNECTION\s*['$]/i
/** The grammar of these knows a password without its quotes by where it stands. */
const roles = /\b(?:CREATE|ALTER)\s+(?:ROLE|USER|GROUP)\b/i
const inUrl = /(\w+:\/\/[^\s:/?#'"]*:)[^\s'"]*@/g

/**
 * SQL as it may be shown and logged: where a statement speaks of secrets all of its strings and comments are left out,
 * for a list of where one can stand would never be complete. A function's body is SQL again.
 */
export function withoutSecrets(sql: string): string {
  return speaksOfSecrets(sql) ? hideStrings(sql, []) : sql.replace(inUrl, '$1…@')
}

/** What withoutSecrets() leaves out of a statement. */
export function secretsIn(sql: string): readonly string[] {
  if (!speaksOfSecrets(sql))
    return [...sql.matchAll(inUrl)].map(([url, before = '']) => url.slice(before.length, -1))
  const secrets: string[] = []
  hideStrings(sql, secrets)
  return secrets
}

/** Whether what PostgreSQL quotes where its grammar stopped may be a secret that stands there without quotes. */
export function isUnquotedSecret(sql: string, token: string): boolean {
  if (!speaksOfSecrets(sql)) return false
  if (knowsPasswords(sql) || /^['$]/.test(token)) return true
  const before = sql.slice(0, sql.indexOf(token))
  return new RegExp(`(?:${words.source})\\w*["']?\\s*(?::?=>?|\\b(?:TO|BY|AS|IS))?\\s*$`, 'i').test(
    before,
  )
}

export function speaksOfSecrets(sql: string): boolean {
  return words.test(sql) || statements.test(sql)
}

const forgotten = /\b(?:PASSWORD|SECRET|PASSPHRASE)\s+$/i
const knowsPasswords = (sql: string) => roles.test(sql) || statements.test(sql)

function hideStrings(sql: string, secrets: string[]): string {
  let shown = ''
  let at = 0
  for (const { kind, start, end } of sqlParts(sql)) {
    shown += hideBare(sql.slice(at, start), shown, secrets)
    const part = sql.slice(start, end)
    const isSecret = kind === 'identifier' && forgotten.test(shown) && knowsPasswords(shown)
    shown += hidden(isSecret ? 'string' : kind, part, secrets)
    at = end
  }
  return shown + hideBare(sql.slice(at), shown, secrets)
}

/** A value without its quotes, or with a quote in its middle. */
function hideBare(code: string, before: string, secrets: string[]): string {
  const hide = (_: string, keyword: string, secret: string) => {
    secrets.push(secret.trim())
    return `${keyword}…`
  }
  const whole = /['$]$/.test(before) ? code.replace(/^()([^\s;,):|]+)/, hide) : code
  if (!knowsPasswords(before + code)) return whole
  return whole.replace(/(\b(?:PASSWORD|SECRET|PASSPHRASE)\s+)(?!NULL\b|\w&?$)([^;,)…]+)/gi, hide)
}

function hidden(kind: string, part: string, secrets: string[]): string {
  if (kind === 'line comment') return '-- …'
  if (kind === 'block comment') return '/* … */'
  if (kind !== 'string') return part
  const tag = /^\$[^$]*\$/.exec(part)?.[0]
  if (tag === undefined) {
    secrets.push(part.replace(/^['"]|['"]$/g, '').replaceAll("''", "'"))
    return "'…'"
  }
  const body = part.slice(tag.length, part.endsWith(tag) ? -tag.length : undefined)
  // One that holds no SQL is a string like any other.
  if (/;|\bSELECT\b/i.test(body)) return `${tag}${hideStrings(body, secrets)}${tag}`
  secrets.push(body)
  return `${tag}…${tag}`
}

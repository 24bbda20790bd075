import { sqlParts } from './text.ts'

const words = /pass(?:word|wd|phrase)|secret|token|credential|api_?key|private_?key/i
/** Their options and connection strings may be secrets whatever they are called. */
const statements =
  /\b(?:USER\s+MAPPING|SUBSCRIPTION|SERVER|FOREIGN\s+DATA\s+WRAPPER|dblink\w*)\b|\bCONNECTION\s*['$]/i
const inUrl = /(\w+:\/\/[^\s:/?#'"]*:)[^\s'"]*@/g

/**
 * SQL as it may be shown and logged: where a statement speaks of secrets all of its strings and comments are left out,
 * for a list of the places where one can stand would never be complete. A function's body is SQL again.
 */
export function withoutSecrets(sql: string): string {
  if (!words.test(sql) && !statements.test(sql)) return sql.replace(inUrl, '$1…@')
  return hideStrings(sql)
}

function hideStrings(sql: string): string {
  let shown = ''
  let at = 0
  for (const { kind, start, end } of sqlParts(sql)) {
    shown += sql.slice(at, start) + hidden(kind, sql.slice(start, end))
    at = end
  }
  return shown + sql.slice(at)
}

function hidden(kind: string, part: string): string {
  if (kind === 'line comment') return '-- …'
  if (kind === 'block comment') return '/* … */'
  if (kind !== 'string') return part
  const tag = /^\$[^$]*\$/.exec(part)?.[0]
  if (tag === undefined) return "'…'"
  const body = part.slice(tag.length, part.endsWith(tag) ? -tag.length : undefined)
  // One that holds no SQL is a string like any other.
  if (!/;|\bSELECT\b/i.test(body)) return `${tag}…${tag}`
  return `${tag}${hideStrings(body)}${tag}`
}

import { LimbeckError } from '../errors.ts'

/** A name as PostgreSQL reads it back, always in double quotes. Throws LIMBECK_UNSUPPORTED_MODEL on a NUL character. */
export function quoteIdentifier(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`
}

/**
 * A string literal. One with a backslash becomes E'…', which means the same whatever the server's
 * standard_conforming_strings. Throws LIMBECK_UNSUPPORTED_MODEL on a NUL character.
 */
export function quoteLiteral(text: string): string {
  const quoted = `'${withoutNul(text).replaceAll("'", "''")}'`
  return quoted.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** `"schema"."name"`, or only `"name"` where search_path is to find it. */
export function qualifiedName(schema: string | undefined, name: string): string {
  return schema === undefined
    ? quoteIdentifier(name)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
}

function withoutNul(text: string): string {
  if (!text.includes('\0')) return text
  throw new LimbeckError(
    'LIMBECK_UNSUPPORTED_MODEL',
    `${JSON.stringify(text)} contains a NUL character, which PostgreSQL cannot store`,
  )
}

/** The text as a literal in which nothing of it is written otherwise: its quote does not occur in it, whatever a revision is called. */
export function dollarQuoted(text: string, word = 'limbeck'): string {
  let tag = `$${word}$`
  for (let n = 1; text.includes(tag); n++) tag = `$${word}${n}$`
  return tag + text + tag
}

import { createHash } from 'node:crypto'

/**
 * The SHA-256 (hex) of a revision file, as kept in the history table. What git and editors change behind
 * the author's back does not count (line ends, BOM, newlines at the end of the file); every other byte
 * does, comments included, since deciding which comments matter would need the grammar for ever.
 */
export function hashText(text: string): string {
  const stable = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
  return createHash('sha256').update(stable, 'utf8').digest('hex')
}

/**
 * The text without its BOM and, where all of its lines end in CRLF (or in CR), with LF line ends. Bodies run in this
 * form, so that a function created from a CRLF checkout is stored with the same body as one from an LF checkout. A
 * carriage return of any other kind was written on purpose, and stays in the literal that holds it.
 */
export function normalizeText(text: string): string {
  const body = text.replace(/^\uFEFF/, '')
  if (!body.includes('\r')) return body
  if (!body.includes('\n')) return body.replaceAll('\r', '\n')
  return /(?<!\r)\n/.test(body) ? body : body.replaceAll('\r\n', '\n')
}

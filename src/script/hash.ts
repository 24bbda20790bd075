import { createHash } from 'node:crypto'

/**
 * The SHA-256 (hex) of a revision file, as kept in the history table. What git and editors change behind
 * the author's back does not count (line ends, BOM, newlines at the end of the file); every other byte
 * does, comments included, since deciding which comments matter would need the grammar for ever.
 */
export function hashText(text: string): string {
  const stable = normalizeText(text).replace(/\n+$/, '')
  return createHash('sha256').update(stable, 'utf8').digest('hex')
}

/**
 * The text without its BOM and with LF line ends. Bodies run in this form, so that a function created from
 * a CRLF checkout is stored with the same body as one created from an LF checkout.
 */
export function normalizeText(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

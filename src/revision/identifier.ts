import { LimbeckError } from '../errors.ts'

/** A symbol as typed: `head`, `heads`, `base`, an id, a label or the beginning of one, within a branch or not. */
export interface Identifier {
  readonly kind: 'symbol'
  readonly text: string
  readonly branch: string | null
  readonly symbol: string
}

/** A number of steps up (positive) or down from a word, or from where the database is. */
export interface RelativeIdentifier {
  readonly kind: 'relative'
  readonly text: string
  readonly branch: string | null
  readonly word: string | null
  readonly steps: number
}

/** Both sides of `start:end`; an empty side is null. */
export interface IdentifierRange {
  readonly start: string | null
  readonly end: string | null
}

// What follows the number is ignored, as Alembic does.
const relative = /^(?:(?<branch>.+?)@)?(?<word>\w+)?(?<steps>[+-]\d+)/u

/**
 * Reads `[branch@]symbol`; only the first `@` splits, and `@x` is `x`. Says nothing about whether it exists.
 * Throws LIMBECK_INVALID_IDENTIFIER when there is no symbol.
 */
export function parseIdentifier(text: string): Identifier {
  const at = text.indexOf('@')
  const symbol = text.slice(at + 1)
  if (symbol === '') {
    throw new LimbeckError(
      'LIMBECK_INVALID_IDENTIFIER',
      `'${text}' is not an identifier of a revision`,
      {
        hint: "Type a revision id, 'head', 'heads' or 'base', if need be after 'branch@'.",
      },
    )
  }
  return { kind: 'symbol', text, branch: at > 0 ? text.slice(0, at) : null, symbol }
}

/**
 * Reads what upgrade and downgrade take: a relative identifier where the text can be one, else a symbol.
 * Throws LIMBECK_INVALID_IDENTIFIER for an empty text and for a range, which makes sense with --sql only.
 */
export function parseTarget(text: string): Identifier | RelativeIdentifier {
  if (text.includes(':')) {
    throw new LimbeckError('LIMBECK_INVALID_IDENTIFIER', `'${text}' is a range`, {
      hint: 'Name one revision; a range start:end goes with --sql.',
    })
  }
  const { branch = null, word = null, steps } = relative.exec(text)?.groups ?? {}
  if (steps === undefined) return parseIdentifier(text)
  return { kind: 'relative', text, branch, word, steps: Number(steps) }
}

/** Reads `start:end`, or null when there is no `:`. Throws LIMBECK_INVALID_IDENTIFIER for more than one. */
export function parseRange(text: string): IdentifierRange | null {
  const parts = text.trim().split(':')
  if (parts.length === 1) return null
  if (parts.length > 2) {
    throw new LimbeckError('LIMBECK_INVALID_IDENTIFIER', `'${text}' has more than one ':'`, {
      hint: 'A range is start:end.',
    })
  }
  const [start, end] = parts
  return { start: start || null, end: end || null }
}

import type { ColumnSnapshot } from './snapshot.ts'
import { type TypeParts, typeParts } from './type-name.ts'

type TypedColumn = Pick<ColumnSnapshot, 'type' | 'enum'>

const STRINGS = new Set(['text', 'character varying', 'citext', 'name', '"char"'])
const ENDLESS_STRINGS = new Set(['text', 'character varying', 'citext'])
/** The longest text of a type whose values have one. */
const LENGTHS: Readonly<Record<string, number>> = {
  boolean: 5,
  smallint: 6,
  integer: 11,
  bigint: 20,
  uuid: 36,
  '"char"': 4,
  name: 63,
}
const INTEGERS = ['smallint', 'integer', 'bigint']
const INTEGER_DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }
/** `from to`, where every value of the first is one of the second, at any precision of both. */
const LOSSLESS = new Set([
  'smallint integer',
  'smallint bigint',
  'integer bigint',
  'smallint real',
  'smallint double precision',
  'integer double precision',
  'real double precision',
  'boolean integer',
  'cidr inet',
  'macaddr macaddr8',
  'jsonb json',
  'date timestamp without time zone',
  'date timestamp with time zone',
  'timestamp without time zone timestamp with time zone',
  'timestamp with time zone timestamp without time zone',
  'time without time zone interval',
  'bit bit varying',
  'halfvec vector',
])
/** Types whose modifier is a size or a precision: more of it holds all of less. */
const SIZED = new Set([
  'character varying',
  'bit varying',
  'interval',
  'time without time zone',
  'time with time zone',
  'timestamp without time zone',
  'timestamp with time zone',
])
const ZONED = 'timestamp with time zone'
/** What an absent modifier stands for; any size elsewhere. */
const PRECISION = 6

/**
 * Whether a change of type keeps every value, or is refused as a whole where one does not fit an enum. Only what is listed
 * here does: every other cast may cut, round or forget something.
 */
export function isLossless(before: TypedColumn, after: TypedColumn): boolean {
  const [from, to] = [typeParts(before.type), typeParts(after.type)]
  const isEndless = ENDLESS_STRINGS.has(to.base) && to.modifiers.length === 0
  if (isEndless && (to.brackets === '' || to.brackets === from.brackets)) return true
  if (from.brackets !== to.brackets) return false
  // An enum takes a value as it is, or not at all.
  if (after.enum !== undefined) return before.enum !== undefined || STRINGS.has(from.base)
  if (before.enum !== undefined) return ENDLESS_STRINGS.has(to.base) && to.modifiers.length === 0
  if (to.base === 'character varying' || to.base === 'character') return fitsText(from, to)
  if (to.base === 'numeric') return fitsNumeric(from, to)
  if (from.base === 'numeric') return fitsInteger(from, to)
  if (from.base === to.base) return isNoSmaller(from, to)
  if (isGeneral(from, to) || isCrossing(from, to)) return true
  // Elements are converted in the session's time zone, which may have the same hour twice.
  if (from.brackets !== '' && isZoneCrossed(from, to)) return false
  return LOSSLESS.has(`${from.base} ${to.base}`) && isNoSmaller(from, to)
}

/** Whether a time gets a zone, or loses it: a session's time zone must not decide what a migration writes. */
export function isZoneCrossed({ base: from }: TypeParts, { base: to }: TypeParts): boolean {
  const isPlain = (base: string) => base === 'date' || base === 'timestamp without time zone'
  return (from === ZONED && isPlain(to)) || (to === ZONED && isPlain(from))
}

/** `geometry(Point,4326)` as `geometry`, `interval day` as `interval`. */
function isGeneral(from: TypeParts, to: TypeParts): boolean {
  if (to.modifiers.length > 0) return false
  const isSpecial = from.base.startsWith(`${to.base}(`)
  return isSpecial || (to.base === 'interval' && from.base.startsWith('interval '))
}

/** Strings without a bound of their own among each other. */
function isCrossing(from: TypeParts, to: TypeParts): boolean {
  return STRINGS.has(from.base) && ENDLESS_STRINGS.has(to.base) && to.modifiers.length === 0
}

/** Blanks at the end of a `char(n)` do not count, those of a varchar do. */
function fitsText(from: TypeParts, to: TypeParts): boolean {
  const size = to.modifiers[0] ?? Infinity
  if (to.base === 'character') return from.base === 'character' && textLength(from) <= size
  return textLength(from) <= size
}

function textLength({ base, modifiers: [size, scale = 0] }: TypeParts): number {
  if (base === 'character varying' || base === 'character') return size ?? Infinity
  // A sign, a point, and a zero before it.
  if (base === 'numeric' && size !== undefined) return Math.max(size, scale) + 3
  return LENGTHS[base] ?? Infinity
}

/** Digits on either side of the point: numeric(10,2) does not hold what numeric(9,1) may. */
function fitsNumeric(from: TypeParts, to: TypeParts): boolean {
  if (from.base !== 'numeric' && !INTEGERS.includes(from.base)) return false
  if (to.modifiers.length === 0) return true
  const [digits = INTEGER_DIGITS[from.base] ?? Infinity, scale = 0] = from.modifiers
  const [newDigits = 0, newScale = 0] = to.modifiers
  return newScale >= scale && newDigits - newScale >= digits - scale
}

/** Fewer decimal digits than the largest number has. */
function fitsInteger({ modifiers: [digits = Infinity, scale = 0] }: TypeParts, to: TypeParts) {
  return scale === 0 && digits < (INTEGER_DIGITS[to.base] ?? 0)
}

function isNoSmaller(from: TypeParts, to: TypeParts): boolean {
  // `vector(3)` and the like: one without a size takes any, another size none.
  if (!SIZED.has(to.base)) return to.modifiers.length === 0 || isSameSize(from, to)
  const most = to.base.startsWith('interval') || to.base.startsWith('time') ? PRECISION : Infinity
  const least = SIZED.has(from.base) ? most : 0
  return (to.modifiers[0] ?? most) >= (from.modifiers[0] ?? least)
}

function isSameSize(from: TypeParts, to: TypeParts): boolean {
  return from.modifiers.join() === to.modifiers.join()
}

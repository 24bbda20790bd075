import { quoteIdentifier } from '../sql/quote.ts'
import { keyOf } from './names.ts'
import type { ColumnSnapshot } from './snapshot.ts'
import { type TypeParts, typeName, typeParts } from './type-name.ts'

/** How a column's rows get from one type to another. */
export interface TypeChange {
  /**
   * `assigned`: PostgreSQL converts by itself, and refuses what does not fit. `cast`: it has to be told how.
   * `unknown`: it may have no cast at all; only the server knows.
   */
  readonly how: 'assigned' | 'cast' | 'unknown'
  /** What to say in USING. */
  readonly using?: string
  /** True where a value may be cut, rounded or refused. */
  readonly narrowing: boolean
}

type TypedColumn = Pick<ColumnSnapshot, 'name' | 'type' | 'enum'>

const INTEGERS = ['smallint', 'integer', 'bigint']
const NUMBERS = [...INTEGERS, 'numeric', 'real', 'double precision']
const INTEGER_DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }
const STRINGS = ['text', 'character varying', 'character']
const PLAIN_TIMES = ['date', 'timestamp without time zone']
const ZONED = 'timestamp with time zone'
const JSONS = ['json', 'jsonb']
/** What a string can be read as. */
const READABLE = new Set(
  [...NUMBERS, ...PLAIN_TIMES, ZONED, ...JSONS].concat(
    'boolean uuid interval inet cidr macaddr macaddr8 point line xml bytea'.split(' '),
    ['time without time zone', 'time with time zone'],
  ),
)

/** Undefined where the type stays. */
export function typeChange(before: TypedColumn, after: TypedColumn): TypeChange | undefined {
  if (typeName(before) === typeName(after)) return undefined
  const [from, to] = [typeParts(before.type), typeParts(after.type)]
  const column = quoteIdentifier(after.name)
  const cast = (using: string): TypeChange => ({ how: 'cast', using, narrowing: false })
  const isScalarString = isString(to) && to.brackets === ''
  if (from.brackets !== to.brackets && !isScalarString)
    return { ...cast(`${column}::${typeName(after)}`), how: 'unknown' }
  if (after.enum !== undefined) return enumChange(before, after, from, column)
  if (isScalarString) return { how: 'assigned', narrowing: isNarrower(from, to) }
  if (before.enum !== undefined && isString(to)) return cast(`${column}::${typeName(after)}`)
  if (isZoneCrossed(from, to) && to.brackets === '')
    return { ...cast(`${column} AT TIME ZONE 'UTC'`), narrowing: to.base === 'date' }
  if (from.base === to.base || isFamily(from, to))
    return { how: 'assigned', narrowing: isNarrower(from, to) }
  const using = `${column}::${typeName(after)}`
  const isRead = isString(from) && READABLE.has(to.base)
  const isTruth = [from, to].every(({ base }) => base === 'boolean' || base === 'integer')
  return isRead || isTruth ? cast(using) : { ...cast(using), how: 'unknown' }
}

/** Whether PostgreSQL rebuilds keys and foreign keys on such columns by itself: their types stay comparable. */
export function keepsForeignKeys(before: TypedColumn, after: TypedColumn): boolean {
  if (before.enum !== undefined || after.enum !== undefined) return false
  const [from, to] = [typeParts(before.type).base, typeParts(after.type).base]
  const areOf = (family: readonly string[]) => family.includes(from) && family.includes(to)
  return from === to || areOf(INTEGERS) || areOf(['text', 'character varying'])
}

function enumChange(
  before: TypedColumn,
  after: TypedColumn,
  from: TypeParts,
  column: string,
): TypeChange {
  const isSame = before.enum !== undefined && keyOf(before.enum) === keyOf(after.enum ?? after)
  // No enum has a cast to another one: the way leads through text.
  const text = isString(from) || isSame ? '' : `::text${from.brackets}`
  const how = before.enum !== undefined || isString(from) ? 'cast' : 'unknown'
  return { how, using: `${column}${text}::${typeName(after)}`, narrowing: false }
}

function isString({ base }: TypeParts): boolean {
  return STRINGS.includes(base)
}

/** A session's time zone must not decide what a migration writes. */
function isZoneCrossed(from: TypeParts, to: TypeParts): boolean {
  const isCrossing = (a: TypeParts, b: TypeParts) =>
    a.base === ZONED && PLAIN_TIMES.includes(b.base)
  return isCrossing(from, to) || isCrossing(to, from)
}

function isFamily(from: TypeParts, to: TypeParts): boolean {
  return [NUMBERS, STRINGS, PLAIN_TIMES, JSONS].some(
    (family) => family.includes(from.base) && family.includes(to.base),
  )
}

function isNarrower(from: TypeParts, to: TypeParts): boolean {
  if (isString(to)) return (to.modifiers[0] ?? Infinity) < (from.modifiers[0] ?? Infinity)
  if (to.base === 'numeric') return isFewerDigits(from, to)
  if (from.base === to.base) return (to.modifiers[0] ?? 6) < (from.modifiers[0] ?? 6)
  if (PLAIN_TIMES.includes(to.base)) return to.base === 'date'
  return NUMBERS.indexOf(to.base) < NUMBERS.indexOf(from.base) || to.base === 'real'
}

/** Also on either side of the point: numeric(10,2) holds what numeric(9,1) cannot. */
function isFewerDigits(from: TypeParts, to: TypeParts): boolean {
  if (to.modifiers.length === 0) return false
  const [digits = INTEGER_DIGITS[from.base] ?? Infinity, scale = 0] = from.modifiers
  const [newDigits = 0, newScale = 0] = to.modifiers
  return newScale < scale || newDigits - newScale < digits - scale
}

import { quoteIdentifier } from '../sql/quote.ts'
import { isLossless, isZoneCrossed } from './lossless-cast.ts'
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
  /** True where a value may be cut, rounded, forgotten in part or refused: all that `isLossless` does not list. */
  readonly narrowing: boolean
}

type TypedColumn = Pick<ColumnSnapshot, 'name' | 'type' | 'enum'>

const INTEGERS = ['smallint', 'integer', 'bigint']
const NUMBERS = [...INTEGERS, 'numeric', 'real', 'double precision']
const STRINGS = ['text', 'character varying', 'character']
const PLAIN_TIMES = ['date', 'timestamp without time zone']
const JSONS = ['json', 'jsonb']
/** What a string can be read as. */
const READABLE = new Set(
  [...NUMBERS, ...PLAIN_TIMES, 'timestamp with time zone', ...JSONS].concat(
    'boolean uuid interval inet cidr macaddr macaddr8 point line xml bytea'.split(' '),
    ['time without time zone', 'time with time zone'],
  ),
)

/** Undefined where the type stays. */
export function typeChange(before: TypedColumn, after: TypedColumn): TypeChange | undefined {
  if (typeName(before) === typeName(after)) return undefined
  return { ...wayOf(before, after), narrowing: !isLossless(before, after) }
}

type Way = Omit<TypeChange, 'narrowing'>

function wayOf(before: TypedColumn, after: TypedColumn): Way {
  const [from, to] = [typeParts(before.type), typeParts(after.type)]
  const column = quoteIdentifier(after.name)
  const using = `${column}::${typeName(after)}`
  const isScalarString = isString(to) && to.brackets === ''
  if (from.brackets !== to.brackets && !isScalarString) return { how: 'unknown', using }
  if (after.enum !== undefined) return enumWay(before, after, from, column)
  if (isScalarString) return { how: 'assigned' }
  if (before.enum !== undefined && isString(to)) return { how: 'cast', using }
  if (isZoneCrossed(from, to) && to.brackets === '')
    return { how: 'cast', using: `${inUtc(from, column)} AT TIME ZONE 'UTC'` }
  if (from.base === to.base || isFamily(from, to)) return { how: 'assigned' }
  const isRead = isString(from) && READABLE.has(to.base)
  const isTruth = [from, to].every(({ base }) => base === 'boolean' || base === 'integer')
  return { how: isRead || isTruth ? 'cast' : 'unknown', using }
}

/** Whether a value that the type cannot hold ends the statement; elsewhere it is cut or rounded. */
export function mayRefuse(before: TypedColumn, after: TypedColumn): boolean {
  const [from, to] = [typeParts(before.type), typeParts(after.type)]
  return isString(from) || isString(to) || [...INTEGERS, 'numeric', 'real'].includes(to.base)
}

/** Whether PostgreSQL rebuilds keys and foreign keys on such columns by itself: their types stay comparable. */
export function keepsForeignKeys(before: TypedColumn, after: TypedColumn): boolean {
  if (before.enum !== undefined || after.enum !== undefined) return false
  const [from, to] = [typeParts(before.type).base, typeParts(after.type).base]
  const areOf = (family: readonly string[]) => family.includes(from) && family.includes(to)
  return from === to || areOf(INTEGERS) || areOf(['text', 'character varying'])
}

function enumWay(before: TypedColumn, after: TypedColumn, from: TypeParts, column: string): Way {
  const isSame = before.enum !== undefined && keyOf(before.enum) === keyOf(after.enum ?? after)
  // No enum has a cast to another one: the way leads through text.
  const text = isString(from) || isSame ? '' : `::text${from.brackets}`
  const how = before.enum !== undefined || isString(from) ? 'cast' : 'unknown'
  return { how, using: `${column}${text}::${typeName(after)}` }
}

function isString({ base }: TypeParts): boolean {
  return STRINGS.includes(base)
}

/** A date by itself would be read in the session's time zone first. */
function inUtc({ base }: TypeParts, column: string): string {
  return base === 'date' ? `${column}::timestamp` : column
}

function isFamily(from: TypeParts, to: TypeParts): boolean {
  return [NUMBERS, STRINGS, PLAIN_TIMES, JSONS].some(
    (family) => family.includes(from.base) && family.includes(to.base),
  )
}

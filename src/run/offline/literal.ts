import { quoteLiteral } from '../../sql/quote.ts'
import { sqlParts } from '../../sql/text.ts'

/** A query as postgres.js would send it: `text` with `$1…`, and for each a value and the type's oid (0: left to the server). */
export interface BoundQuery {
  readonly text: string
  readonly values: readonly unknown[]
  readonly types: readonly number[]
}

/** A string that is to be read as a literal in quotes is. */
export const unknownType = 705

/** Name, oid, oid of the array: only types whose oid is the same in every database can be told from it. */
const builtIn: readonly (readonly [name: string, oid: number, array: number])[] = [
  ['boolean', 16, 1000],
  ['bytea', 17, 1001],
  ['bigint', 20, 1016],
  ['smallint', 21, 1005],
  ['integer', 23, 1007],
  ['text', 25, 1009],
  ['json', 114, 199],
  ['real', 700, 1021],
  ['double precision', 701, 1022],
  ['varchar', 1043, 1015],
  ['date', 1082, 1182],
  ['time', 1083, 1183],
  ['timestamp', 1114, 1115],
  ['timestamptz', 1184, 1185],
  ['interval', 1186, 1187],
  ['numeric', 1700, 1231],
  ['uuid', 2950, 2951],
  ['jsonb', 3802, 3807],
]
const jsonType = 3802
const isJson = (type: number) => type === 114 || type === jsonType

/** Casts that change what postgres.js makes of a value; what the others do is the same for a literal. */
const castTypes: readonly (readonly [pattern: RegExp, type: number])[] = [
  [/^(?:json)$/, 114],
  [/^(?:jsonb)$/, jsonType],
  [/^(?:bool|boolean)$/, 16],
  [/^bytea$/, 17],
  [/^date$/, 1082],
  [/^timestamptz$|^timestamp\b.*\bwith time zone$/, 1184],
  [/^timestamp\b/, 1114],
]

/**
 * The query with its parameters written into it as literals that PostgreSQL reads as it would have read the parameters.
 * Throws TypeError for a value that has no such literal, or whose meaning depends on a type only the server knows.
 */
export function inlineParameters({ text, values, types }: BoundQuery): string {
  if (values.length === 0) return text
  let result = ''
  let at = 0
  const code = (end: number) => {
    result += text
      .slice(at, end)
      .replace(/(?<![\w$\u0080-\uffff])\$(\d+)/g, (parameter, digits: string, offset: number) => {
        const start = at + offset
        const index = Number(digits) - 1
        if (index >= values.length) throw new TypeError(`there is no value for ${parameter}`)
        const around = { before: text.slice(0, start), after: text.slice(start + parameter.length) }
        const literal = literalOf(values[index], types[index] ?? 0, around)
        // u&'…' would be one token.
        return text[start - 1] === '&' ? ` ${literal}` : literal
      })
    at = end
  }
  for (const { kind, start, end } of sqlParts(text)) {
    if (kind === 'semicolon') continue
    code(start)
    result += text.slice(start, end)
    at = end
  }
  code(text.length)
  return result
}

interface TextAround {
  readonly before: string
  readonly after: string
}

function literalOf(value: unknown, type: number, around: TextAround): string {
  if (value === undefined) throw new TypeError('a parameter is undefined')
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`a parameter is a ${typeof value}`)
  if (type === 0) return value === null ? 'NULL' : quoteLiteral(untypedText(value, around))
  if (type === unknownType) return value === null ? 'NULL' : quoteLiteral(String(value))
  const isArray = Array.isArray(value) && !isJson(type)
  const found = builtIn.find(([, oid, array]) => oid === type || array === type)
  if (!found) throw new TypeError(`a parameter has type ${type}, which has no name here`)
  const [name, oid, array] = found
  const text =
    value === null ? 'NULL' : quoteLiteral(isArray ? arrayText(value, oid) : textOf(value, oid))
  return `(${text}::${name}${isArray || type === array ? '[]' : ''})`
}

/** As postgres.js writes a value once the server has told the type of the parameter: here the text around it must tell. */
function untypedText(value: unknown, around: TextAround): string {
  const cast = castOf(around)
  const isArrayThere = cast?.endsWith(']') || /\b(?:any|all|some)\s*\(\s*$/i.test(around.before)
  if (Array.isArray(value) && isArrayThere) return arrayText(value, 0)
  const type = castTypes.find(([pattern]) => pattern.test(cast ?? ''))?.[1]
  if (type !== undefined) return textOf(value, type)
  if (Array.isArray(value)) return bareArray(value)
  if (typeof value === 'object') return JSON.stringify(value)
  if (cast === undefined && typeof value === 'string' && isJsonText(value))
    throw new TypeError(
      'a parameter is JSON as text, which means one thing for a text column and another for a json column: write sql.json(value), or cast it with ::text',
    )
  return String(value)
}

/** `type` of `$1::type` and of `CAST($1 AS type)`, in lower case. */
function castOf({ before, after }: TextAround): string | undefined {
  const name =
    /^\s*([a-z_][\w.]*(?: precision| varying|(?:\s*\(\d+\))?\s+with(?:out)? time zone)?(?:\s*\([\d, ]+\))?(?:\s*\[\d*\])*)/i
  const shorthand = /^\s*::([\s\S]*)/.exec(after)?.[1]
  const long = /\bcast\s*\(\s*$/i.test(before) ? /^\s+as\s([\s\S]*)/i.exec(after)?.[1] : undefined
  const found = name.exec(shorthand ?? long ?? '')?.[1]
  return found?.replace(/\s+/g, ' ').toLowerCase()
}

// An array literal is no JSON and JSON is no array literal, so that a wrong guess fails; but '{}' is both.
function bareArray(value: readonly unknown[]): string {
  if (value.length === 0)
    throw new TypeError(
      'a parameter is an empty array, of an array column or of a json column: write sql.array([]) or sql.json([]), or cast it',
    )
  const isJsonValue = value.some((item) => typeof item === 'object' && item?.constructor === Object)
  return isJsonValue ? JSON.stringify(value) : arrayText(value, 0)
}

function isJsonText(text: string): boolean {
  if (!/^\s*["[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function textOf(value: unknown, type: number): string {
  if (isJson(type)) return JSON.stringify(value)
  if (type === 16) return value === true ? 't' : 'f'
  if (type === 17) return `\\x${Buffer.from(value as Uint8Array).toString('hex')}`
  if (value instanceof Date || [1082, 1114, 1184].includes(type))
    return new Date(value as Date | string).toISOString()
  return String(value)
}

/** `{"a","b"}` */
export function arrayText(values: readonly unknown[], elementType: number): string {
  const items = values.map((item) => {
    if (Array.isArray(item) && !isJson(elementType)) return arrayText(item, elementType)
    if (item === null) return 'null'
    if (item === undefined) throw new TypeError('an array in a parameter holds undefined')
    const bytes = item instanceof Uint8Array ? 17 : elementType
    return `"${textOf(item, bytes).replace(/["\\]/g, '\\$&')}"`
  })
  return `{${items.join(',')}}`
}

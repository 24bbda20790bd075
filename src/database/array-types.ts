import type { Connection } from './connection-types.ts'

/** What postgres.js keeps of types, by their oid. */
interface DriverTypes {
  readonly parsers: Record<number, ((text: string) => unknown) | undefined>
  readonly serializers: Record<number, ((value: unknown) => unknown) | undefined>
  readonly shared: { readonly typeArrayMap: Record<number, number> }
}

/**
 * Teaches postgres.js the array types of the database, so that arrays come and go as such. Its own way (`fetch_types`) ends
 * the whole process when the connection breaks meanwhile: that error cannot be caught.
 */
export async function learnArrayTypes({
  sql,
  ask,
}: Pick<Connection, 'sql' | 'ask'>): Promise<void> {
  const types = await ask<{ element: number; array: number; delimiter: string }>(
    'SELECT oid AS element, typarray AS array, typdelim AS delimiter FROM pg_type WHERE typarray <> 0',
  )
  const { parsers, serializers, shared } = sql.options as unknown as DriverTypes
  for (const { element, array, delimiter } of types) {
    shared.typeArrayMap[element] = array
    parsers[array] ??= (text) => parseArray(text, delimiter, parsers[element])
    serializers[array] ??= (value) => formatArray(value, delimiter, serializers[element])
  }
}

/** What PostgreSQL prints of an array; `parse` reads an element. */
function parseArray(
  text: string,
  delimiter: string,
  parse: (text: string) => unknown = (element) => element,
): readonly unknown[] {
  const token = new RegExp(`"((?:[^"\\\\]|\\\\.)*)"|([^{}"${delimiter}]+)|[{}]`, 'gs')
  const open: unknown[][] = [[]]
  // Bounds may come first: [0:1]={a,b}
  for (const [all, quoted, plain] of text.slice(text.indexOf('{')).matchAll(token)) {
    if (all === '{') open.push([])
    else if (all === '}') open.at(-2)?.push(open.pop())
    else if (plain === 'NULL') open.at(-1)?.push(null)
    else open.at(-1)?.push(parse(plain ?? quoted?.replace(/\\(.)/gs, '$1') ?? ''))
  }
  return open[0]?.[0] as readonly unknown[]
}

function formatArray(
  value: unknown,
  delimiter: string,
  format: (element: unknown) => unknown = String,
): unknown {
  if (!Array.isArray(value)) return value
  const elements = value.map((element) => {
    if (element === undefined) throw new TypeError('an array that is sent holds undefined')
    if (element === null) return 'NULL'
    if (Array.isArray(element)) return formatArray(element, delimiter, format)
    return `"${String(format(element)).replace(/["\\]/g, '\\$&')}"`
  })
  return `{${elements.join(delimiter)}}`
}

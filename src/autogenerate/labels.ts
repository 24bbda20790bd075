import type { Rename } from '../schema/operation.ts'
import type { ObjectName } from '../schema/schema.ts'
import { quoteIdentifier } from '../sql/quote.ts'

/** An object or what is in it as it is typed: `users`, `auth.users`, `users.name`; odd names in double quotes. */
export function labelOf({ schema, name }: ObjectName, ...inner: readonly string[]): string {
  return [...(schema === undefined ? [] : [schema]), name, ...inner].map(part).join('.')
}

/** Both names of a rename in full. */
export function renameLabels(rename: Rename): { readonly from: string; readonly to: string } {
  const { of, from, to } = rename
  if (of === 'schema') return { from: part(from), to: part(to) }
  if (of === 'column' || of === 'enum value') {
    const owner = ownerOf(rename)
    return { from: labelOf(owner, from), to: labelOf(owner, to) }
  }
  return { from: labelOf(from), to: labelOf(to) }
}

/** A rename as `--rename` takes it: `users.name=full_name`. */
export function renameText(rename: Rename, defaultSchema: string): string {
  const { of, from, to } = rename
  const old = renameLabels(rename).from
  if (of === 'schema' || of === 'column' || of === 'enum value') return `${old}=${part(to)}`
  const isMoved = from.schema !== to.schema
  return `${old}=${labelOf(isMoved ? { schema: defaultSchema, ...to } : { name: to.name })}`
}

/** The table of a column, the enum of a value. */
export function ownerOf(rename: Extract<Rename, { of: 'column' | 'enum value' }>): ObjectName {
  return rename.of === 'column' ? rename.table : rename.enum
}

const part = (name: string): string =>
  /^[\p{L}\p{N}_$-]+$/u.test(name) ? name : quoteIdentifier(name)

/** `table "s.t"`: how messages name an object. */
export function label(kind: string, name: string, schema?: string): string {
  return `${kind} "${schema === undefined ? name : `${schema}.${name}`}"`
}

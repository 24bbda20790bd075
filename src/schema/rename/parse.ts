import { nameOf } from '../names.ts'
import type { Rename } from '../operation.ts'
import type { Enum, ObjectName } from '../schema.ts'
import type { Snapshot, TableSnapshot } from '../snapshot.ts'

/**
 * What `users.name=full_name` renames, by what the database holds: `table=new`, `table.column=new`, `enum.value=new`,
 * with or without the schema before, also `a.b=a.c`, parts in double quotes where they hold a dot. Null where it is
 * not of that form, or nothing has the old name. `defaultSchema` is the one that names leave out.
 */
export function parseRename(
  text: string,
  snapshot: Snapshot,
  defaultSchema?: string,
): Rename | null {
  const sides = cutAt(text, '=')
  const [from, to] = sides.map((side) => cutAt(side, '.').map(unquoted))
  if (sides.length !== 2 || from === undefined || to === undefined) return null
  if ([...from, ...to].some((part) => part === '')) return null
  const old = from[0] === defaultSchema && from.length > 1 ? from.slice(1) : from
  return insideRename(old, to, snapshot) ?? objectRename(old, to, snapshot, defaultSchema)
}

/** A column or an enum value; the name of what it is in may be repeated before the new name. */
function insideRename(
  from: readonly string[],
  to: readonly string[],
  { tables, enums }: Snapshot,
): Rename | null {
  const [inner, owner, schema] = from.toReversed()
  const name = to.at(-1)
  if (inner === undefined || owner === undefined || name === undefined) return null
  if (from.length > 3 || to.length > 3) return null
  const isOwner = (object: ObjectName) => object.name === owner && object.schema === schema
  const table = tables.find((one: TableSnapshot) => isOwner(one))
  if (table?.columns.some((column) => column.name === inner) === true)
    return { of: 'column', table: nameOf(table), from: inner, to: name }
  const type = enums.find((one: Enum) => isOwner(one))
  if (type?.values.includes(inner) === true)
    return { of: 'enum value', enum: nameOf(type), from: inner, to: name }
  return null
}

/** PostgreSQL has no two of these under one name, so that the kind need not be said. */
function objectRename(
  from: readonly string[],
  to: readonly string[],
  snapshot: Snapshot,
  defaultSchema: string | undefined,
): Rename | null {
  const [name, schema] = from.toReversed()
  const [newName, newSchema = schema] = to.toReversed()
  if (name === undefined || newName === undefined || from.length > 2 || to.length > 2) return null
  const isIt = (object: ObjectName) => object.name === name && object.schema === schema
  const of = kindOf(snapshot, isIt)
  if (of !== null) {
    const target = newSchema === defaultSchema ? undefined : newSchema
    return {
      of,
      from: nameOf({ schema, name }),
      to: nameOf({ schema: target, name: newName }),
    } as Rename
  }
  const isSchema = from.length === 1 && to.length === 1 && snapshot.schemas.includes(name)
  return isSchema ? { of: 'schema', from: name, to: newName } : null
}

function kindOf(snapshot: Snapshot, isIt: (object: ObjectName) => boolean) {
  if (snapshot.tables.some(isIt)) return 'table'
  if (snapshot.enums.some(isIt)) return 'enum'
  if (snapshot.sequences.some(isIt)) return 'sequence'
  const view = snapshot.views.find(isIt)
  if (view === undefined) return null
  return view.materialized ? 'materialized view' : 'view'
}

/** Cuts at a character that stands outside double quotes. */
function cutAt(text: string, separator: string): readonly string[] {
  const parts = ['']
  let isQuoted = false
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted
    if (character === separator && !isQuoted) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

function unquoted(part: string): string {
  return part.startsWith('"') && part.endsWith('"') && part.length > 1
    ? part.slice(1, -1).replaceAll('""', '"')
    : part
}

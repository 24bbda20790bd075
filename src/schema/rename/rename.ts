import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { isSame, keyOf, nameOf } from '../names.ts'
import type { Rename } from '../operation.ts'
import type { ObjectName } from '../schema.ts'
import { isOfObject, orderedRenames } from './order.ts'

type ObjectRename = Extract<Rename, { readonly from: ObjectName }>

/** The statements that carry a rename out; a move to another schema is one of its own. */
export function renameStatements(rename: Rename): readonly string[] {
  switch (rename.of) {
    case 'schema':
      return [`ALTER SCHEMA ${identifiers(rename)}`]
    case 'column':
      return [`ALTER TABLE ${keyOf(rename.table)} RENAME COLUMN ${identifiers(rename, 'TO')}`]
    case 'enum value': {
      const values = [rename.from, rename.to].map(quoteLiteral).join(' TO ')
      return [`ALTER TYPE ${keyOf(rename.enum)} RENAME VALUE ${values}`]
    }
    default:
      return objectStatements(rename)
  }
}

/** Schemas that the renames move something into and that are not among `existing`. */
export function newSchemas(
  renames: readonly Rename[],
  existing: readonly string[],
): readonly string[] {
  const renamed = renames.flatMap(({ of, to }) => (of === 'schema' ? [to] : []))
  const wanted = renames.filter(isOfObject).flatMap(({ to }) => to.schema ?? [])
  return [...new Set(wanted)].filter((name) => ![...existing, ...renamed].includes(name)).sort()
}

/** What takes the renames back, in the order to run. */
export function inverseRenames(renames: readonly Rename[]): readonly Rename[] {
  const inverse = renames.map((rename): Rename => {
    switch (rename.of) {
      case 'schema':
        return { of: 'schema', from: rename.to, to: rename.from }
      case 'column':
        return { ...rename, table: after(rename.table), from: rename.to, to: rename.from }
      case 'enum value':
        return { ...rename, enum: after(rename.enum), from: rename.to, to: rename.from }
      default:
        return { ...rename, from: inNewSchema(rename.to), to: inNewSchema(rename.from) }
    }
  })
  return orderedRenames(inverse)

  function after(name: ObjectName): ObjectName {
    const own = renames.find((rename) => isOfObject(rename) && isSame(rename.from, name))
    return inNewSchema(own !== undefined && isOfObject(own) ? own.to : name)
  }

  function inNewSchema(name: ObjectName): ObjectName {
    const moved = renames.find(({ of, from }) => of === 'schema' && from === name.schema)
    return moved?.of === 'schema' ? { ...name, schema: moved.to } : nameOf(name)
  }
}

function objectStatements({ of, from, to }: ObjectRename): readonly string[] {
  const kind = of === 'enum' ? 'TYPE' : of.toUpperCase()
  const moved = from.schema === to.schema ? [] : [moveStatement(kind, from, to.schema)]
  if (from.name === to.name) return moved
  const now = { ...nameOf(to), name: from.name }
  return [...moved, `ALTER ${kind} ${keyOf(now)} RENAME TO ${quoteIdentifier(to.name)}`]
}

/** The default schema is the first one of search_path: its name is not known here. */
function moveStatement(kind: string, from: ObjectName, schema: string | undefined): string {
  const move = `ALTER ${kind} ${keyOf(from)} SET SCHEMA`
  if (schema !== undefined) return `${move} ${quoteIdentifier(schema)}`
  const format = quoteLiteral(`${move.replaceAll('%', '%%')} %I`)
  return `DO ${quoteLiteral(`BEGIN EXECUTE format(${format}, current_schema()); END`)}`
}

function identifiers(
  { from, to }: { readonly from: string; readonly to: string },
  word = 'RENAME TO',
): string {
  return `${quoteIdentifier(from)} ${word} ${quoteIdentifier(to)}`
}

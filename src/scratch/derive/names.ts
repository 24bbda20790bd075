import { isUserSchema } from '../../database/catalog-conditions.ts'
import type { Connection } from '../../database/connection.ts'
import { isSame, keyOf } from '../../schema/names.ts'
import type { Rename } from '../../schema/operation.ts'
import type { ObjectName } from '../../schema/schema.ts'

type ObjectKind = Extract<Rename, { readonly from: ObjectName }>['of']

interface NamedObject {
  readonly of: ObjectKind
  readonly schema: string
  readonly name: string
  /** By number of column, or by oid of enum value. */
  readonly parts: Readonly<Record<string, string>>
}

/** What every object is called, by what stays the same when it is renamed. */
export interface Names {
  readonly schemas: Readonly<Record<string, string>>
  readonly objects: Readonly<Record<string, NamedObject>>
}

export const noNames: Names = { schemas: {}, objects: {} }

export async function readNames(connection: Connection): Promise<Names> {
  const [row] = await connection.query<{ names: Names }>(`
SELECT json_build_object(
  'schemas', (SELECT coalesce(json_object_agg(oid, nspname), '{}') FROM pg_namespace WHERE ${isOurs}),
  'objects', (SELECT coalesce(json_object_agg(oid, json_build_object('of', kind, 'schema', schema, 'name', name, 'parts', coalesce(parts, '{}'))), '{}')
    FROM (
      SELECT c.oid, nspname AS schema, relname AS name,
        CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
        (SELECT json_object_agg(attnum, attname) FROM pg_attribute
          WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p')) AS parts
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND ${isOurs}
      UNION ALL
      SELECT t.oid, nspname, typname, 'enum', (SELECT json_object_agg(oid, enumlabel) FROM pg_enum WHERE enumtypid = t.oid)
      FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e' AND ${isOurs}
    ) x)) AS names`)
  return row?.names ?? noNames
}

const isOurs = isUserSchema('nspname')

/** What has to be renamed so that what is called as in `from` is called as in `to`. */
export function renamesBetween(from: Names, to: Names, defaultSchema: string): readonly Rename[] {
  const schemas = Object.entries(from.schemas).flatMap(([oid, name]): Rename[] => {
    const now = to.schemas[oid]
    return now === undefined || now === name ? [] : [{ of: 'schema', from: name, to: now }]
  })
  const moved = new Map(schemas.map((rename) => [rename.from as string, rename.to as string]))
  const named = ({ schema, name }: NamedObject): ObjectName =>
    schema === defaultSchema ? { name } : { schema, name }
  const inner = Object.entries(from.objects).flatMap(([oid, object]): Rename[] => {
    const other = to.objects[oid]
    if (other === undefined) return []
    const [old, now] = [named(object), named(other)]
    const carried = named({ ...object, schema: moved.get(object.schema) ?? object.schema })
    return [
      ...(isSame(carried, now) ? [] : [{ of: object.of, from: old, to: now } as const]),
      ...partRenames(object, other, old),
    ]
  })
  return [...schemas, ...inner.toSorted((a, b) => subject(a).localeCompare(subject(b)))]
}

function partRenames(object: NamedObject, other: NamedObject, owner: ObjectName): Rename[] {
  return Object.entries(object.parts).flatMap(([number, from]): Rename[] => {
    const to = other.parts[number]
    if (to === undefined || to === from) return []
    return object.of === 'enum'
      ? [{ of: 'enum value', enum: owner, from, to }]
      : [{ of: 'column', table: owner, from, to }]
  })
}

function subject(rename: Rename): string {
  if (rename.of === 'schema') return rename.from
  if (rename.of === 'column') return keyOf(rename.table)
  return keyOf(rename.of === 'enum value' ? rename.enum : rename.from)
}

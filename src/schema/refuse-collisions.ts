import { LimbeckError } from '../errors.ts'
import { truncatedName } from './names.ts'
import type { ObjectName, Schema, Table } from './schema.ts'

/** A name that something of the models takes, and where PostgreSQL allows it only once. */
interface Taken {
  /** How messages call what takes it: asked for only where two of thousands collide. */
  readonly what: () => string
  readonly name: string
  /** Names in one space must differ. */
  readonly space: string
}

/**
 * Refuses models in which two things have one name where PostgreSQL allows it only once, also when the names are equal only
 * in the 63 bytes that it keeps. Throws LIMBECK_UNSUPPORTED_MODEL with both.
 */
export function refuseCollisions(schema: Schema): void {
  const spaces = new Map<string, Taken>()
  for (const taken of namesOf(schema)) {
    const key = keyIn(taken.space, taken.name)
    const other = spaces.get(key)
    if (other !== undefined) throw collision(other, taken)
    spaces.set(key, taken)
  }
  // What PostgreSQL names itself makes way for what is there, but tables and views come later.
  const relations = [...schema.tables, ...schema.views].flatMap((one) => {
    const key = keyIn(space('relation', one.schema ?? ''), one.name)
    return spaces.get(key) ?? []
  })
  const later = new Map(relations.map((taken) => [`${taken.space} ${taken.name}`, taken]))
  for (const taken of schema.tables.flatMap(ownNames)) {
    const other = later.get(`${taken.space} ${taken.name}`)
    if (other !== undefined) throw collision(taken, other)
  }
}

/** What two names share where PostgreSQL takes them for one. */
const keyIn = (space: string, name: string): string => `${space} ${truncatedName(name)}`

/** What PostgreSQL gives a name that the models do not say. */
function ownNames({ name, schema, columns, primaryKey }: Table): readonly Taken[] {
  const inSchema = space('relation', schema ?? '')
  const taken = (what: string, own: string): Taken => ({
    what: () => `${what} "${own}" of ${label('table', name, schema)}`,
    name: own,
    space: inSchema,
  })
  return [
    ...(primaryKey !== undefined && primaryKey.name === undefined
      ? [taken('primary key', `${name}_pkey`)]
      : []),
    ...columns
      .filter(
        ({ type, identity }) =>
          (identity !== undefined && identity.sequenceName === undefined) ||
          (type.kind === 'sql' && /^(small|big)?serial$/.test(type.sql)),
      )
      .map((column) => taken('sequence', `${name}_${column.name}_seq`)),
  ]
}

function collision(one: Taken, other: Taken): LimbeckError {
  return new LimbeckError('LIMBECK_UNSUPPORTED_MODEL', collisionText(one, other), {
    hint: 'Give one of them another name in the models.',
  })
}

function collisionText(one: Taken, other: Taken): string {
  const [first, second] = [one.what(), other.what()]
  const isTwice = first === second
  const both = isTwice ? `${first} is declared twice` : `${first} and ${second}`
  if (one.name !== other.name)
    return `${both} have the same name in the 63 bytes that PostgreSQL keeps: "${truncatedName(one.name)}"`
  if (isTwice) return both
  return `${both} have the same name, which PostgreSQL allows only once ${spaceText(one.space)}`
}

function spaceText(space: string): string {
  const [kind = '', name = ''] = JSON.parse(space) as readonly string[]
  if (kind === 'role') return 'on a server'
  if (kind === 'schema') return 'in a database'
  if (kind !== 'relation' && kind !== 'type') return 'in a table'
  return name === '' ? 'in a schema' : `in the schema "${name}"`
}

function* namesOf({ roles, schemas, enums, sequences, tables, views }: Schema): Generator<Taken> {
  for (const { name } of roles)
    yield { what: () => label('role', name), name, space: space('role') }
  for (const name of schemas)
    yield { what: () => label('schema', name), name, space: space('schema') }
  for (const item of sequences) yield* relation('sequence', item)
  for (const item of views) {
    yield* relation(item.materialized ? 'materialized view' : 'view', item)
    yield* type('view', item)
  }
  for (const item of enums) {
    yield* type('enum', item)
    const inEnum = space('enum', item.schema ?? '', item.name)
    for (const name of item.values)
      yield {
        what: () => `value "${name}" of ${label('enum', item.name, item.schema)}`,
        name,
        space: inEnum,
      }
  }
  for (const table of tables) {
    yield* relation('table', table)
    yield* type('table', table)
    yield* partsOf(table)
  }
}

function* partsOf(table: Table): Generator<Taken> {
  const { columns, primaryKey, uniques, checks, foreignKeys, indexes, policies } = table
  const part = (kind: string, name: string, namespace: string): Taken => ({
    what: () => `${kind} "${name}" of ${label('table', table.name, table.schema)}`,
    name,
    space: namespace,
  })
  const inTable = (kind: string) => space(kind, table.schema ?? '', table.name)
  const [columnSpace, constraintSpace] = [inTable('column'), inTable('constraint')]
  const inSchema = space('relation', table.schema ?? '')
  for (const { name, identity } of columns) {
    yield part('column', name, columnSpace)
    const sequence = identity?.sequenceName
    if (sequence !== undefined) yield part(`sequence of column "${name}"`, sequence, inSchema)
  }
  for (const { name } of policies) yield part('policy', name, inTable('policy'))
  for (const { name } of indexes) yield part('index', name, inSchema)
  // A key has an index of its own name.
  const keys = [
    ...(primaryKey === undefined ? [] : [['primary key', primaryKey] as const]),
    ...uniques.map((unique) => ['unique constraint', unique] as const),
  ]
  for (const [kind, { name }] of keys) {
    if (name === undefined) continue
    yield part(kind, name, inSchema)
    yield part(kind, name, constraintSpace)
  }
  for (const { name } of checks) yield part('check', name, constraintSpace)
  for (const { name } of foreignKeys) yield part('foreign key', name, constraintSpace)
}

function* relation(kind: string, { schema, name }: ObjectName): Generator<Taken> {
  yield { what: () => label(kind, name, schema), name, space: space('relation', schema ?? '') }
}

/** A table and a view have a row type of their name. */
function* type(kind: string, { schema, name }: ObjectName): Generator<Taken> {
  yield { what: () => label(kind, name, schema), name, space: space('type', schema ?? '') }
}

const space = (...parts: readonly string[]): string => JSON.stringify(parts)

/** `table "s.t"`: how messages name an object. */
function label(kind: string, name: string, schema?: string): string {
  return `${kind} "${schema === undefined ? name : `${schema}.${name}`}"`
}

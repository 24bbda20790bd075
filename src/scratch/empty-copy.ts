import { creatingStatements, reading } from '../changes/live-schema.ts'
import { readSchemaNames } from '../database/read-code-objects.ts'
import { keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot, TableSnapshot, ViewSnapshot } from '../schema/snapshot.ts'
import type { Session } from '../session/session.ts'

/** What makes the tables and views that a change is about, without rows, where nothing else is. */
export interface EmptyCopy {
  readonly statements: readonly string[]
  /** Schemas to look up names in. */
  readonly path: readonly string[]
}

/** Reads what the operations touch, and what that needs, of all schemas; changes nothing. */
export async function readEmptyCopy(
  session: Session,
  operations: readonly Operation[],
): Promise<EmptyCopy> {
  const { config, connection } = session
  const schemas = (await readSchemaNames(connection)).filter((name) => name !== config.schema)
  return await reading(session, schemas, async ({ snapshot, extras, scope: { path } }) => {
    const part = neighbourhood(snapshot, namesIn(operations))
    const isThere = new Set([...part.tables, ...part.views].map(keyOf))
    const needed = extras.filter(({ on }) => on === null || isThere.has(keyOf(on)))
    return { statements: creatingStatements({ snapshot: part, extras: needed }), path }
  })
}

/** Every name in the operations; that some of them are those of columns does no harm. */
function namesIn(operations: readonly Operation[]): ReadonlySet<string> {
  const names = new Set<string>()
  JSON.stringify(operations, (_, value) => {
    if (typeof value?.name === 'string') names.add(keyOf(value as ObjectName))
    if (value?.of === 'schema') names.add(schemaMark(value.from))
    return value
  })
  return names
}

const schemaMark = (schema: string) => `schema ${schema}`

/**
 * The part of the snapshot that the named tables and views lean on, and that leans on them. Of the tables around them no
 * foreign key and no policy leads further away.
 */
function neighbourhood(all: Snapshot, names: ReadonlySet<string>): Snapshot {
  const isNamed = (one: ObjectName) =>
    names.has(keyOf(one)) || (one.schema !== undefined && names.has(schemaMark(one.schema)))
  const whole = new Set([...all.tables, ...all.views].filter(isNamed).map(keyOf))
  // Views and inheriting tables change along with what they are made of.
  addMade(whole, all)
  const near = new Set(whole)
  for (const table of all.tables)
    if (leadsTo(table).some((one) => whole.has(keyOf(one)))) near.add(keyOf(table))
  for (const table of all.tables)
    if (whole.has(keyOf(table))) for (const one of leadsTo(table)) near.add(keyOf(one))
  addNeeded(near, all)
  const isNear = (one: ObjectName) => near.has(keyOf(one))
  return {
    ...all,
    tables: all.tables.filter(isNear).map((table) => ({
      ...table,
      constraints: table.constraints.filter(
        ({ references }) => references === undefined || isNear(references.table),
      ),
      policies: table.policies.filter(({ reads }) => reads.every(isNear)),
    })),
    views: all.views.filter(isNear),
  }
}

/** Tables and views that its foreign keys and policies read. */
function leadsTo({ constraints, policies }: TableSnapshot): readonly ObjectName[] {
  return [
    ...constraints.flatMap(({ references }) => references?.table ?? []),
    ...policies.flatMap(({ reads }) => reads),
  ]
}

type Made = TableSnapshot | ViewSnapshot

/** What a table inherits from, or a view reads. */
function madeOf(one: Made): readonly ObjectName[] {
  return 'policies' in one ? (one.inherits ?? []) : one.reads
}

/** Adds what is made of those that are there. */
function addMade(keys: Set<string>, { tables, views }: Snapshot): void {
  untilNothingComes(keys, () =>
    [...tables, ...views].filter((one) => madeOf(one).some((of) => keys.has(keyOf(of)))),
  )
}

/** Adds what those that are there are made of. */
function addNeeded(keys: Set<string>, { tables, views }: Snapshot): void {
  untilNothingComes(keys, () =>
    [...tables, ...views].filter((one) => keys.has(keyOf(one))).flatMap(madeOf),
  )
}

function untilNothingComes(keys: Set<string>, more: () => readonly ObjectName[]): void {
  for (let size = -1; size !== keys.size; ) {
    size = keys.size
    for (const one of more()) keys.add(keyOf(one))
  }
}

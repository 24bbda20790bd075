import { readCarried } from '../changes/live-carried.ts'
import { readPublications } from '../changes/live-publications.ts'
import { creatingStatements, reading } from '../changes/live-schema.ts'
import type { Connection } from '../database/connection.ts'
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
  /** Of the server, for one that has not got them. */
  readonly roles?: readonly string[]
  /** PostgreSQL's major version. */
  readonly major?: number
}

/** The copy of what a change is about. */
export interface ChangedPart extends EmptyCopy {
  /** Whether a table or view is copied, or made by the change, with all that is on it. */
  readonly isWhole: (relation: ObjectName) => boolean
}

/** Reads what the operations, and the objects beside them, are about, and what that needs, of all schemas; changes nothing. */
export async function readEmptyCopy(
  session: Session,
  touched: readonly (Operation | ObjectName)[],
): Promise<ChangedPart> {
  const { config, connection } = session
  const schemas = (await readSchemaNames(connection)).filter((name) => name !== config.schema)
  return await reading(session, schemas, async ({ snapshot, extras, scope }) => {
    const isWhole = wholeOf(snapshot, namesIn(touched))
    const part = neighbourhood(snapshot, isWhole)
    const isThere = new Set(relationsOf(part).map(keyOf))
    const all = [
      ...extras,
      ...(await readCarried(connection, scope)),
      ...(await readPublications(connection, scope)),
    ]
    const needed = all.filter(({ on }) => on === null || isThere.has(keyOf(on)))
    return {
      statements: creatingStatements({ snapshot: part, extras: needed }),
      path: scope.path,
      isWhole,
      ...(await readServer(connection)),
    }
  })
}

/** Tables, views and sequences, those behind columns included. */
function relationsOf({ tables, views, sequences }: Snapshot): readonly ObjectName[] {
  const behind = tables.flatMap(({ columns }) => columns.flatMap(({ sequence }) => sequence ?? []))
  return [...tables, ...views, ...sequences, ...behind]
}

async function readServer({ ask }: Connection): Promise<Pick<EmptyCopy, 'roles' | 'major'>> {
  const [row] = await ask<{ roles: readonly string[]; major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major,
  (SELECT coalesce(json_agg(rolname), '[]') FROM pg_roles WHERE rolname !~ '^pg_') AS roles`,
  )
  return row ?? { roles: [], major: 0 }
}

/** Every name in the operations; that some of them are those of columns does no harm. */
function namesIn(operations: readonly (Operation | ObjectName)[]): ReadonlySet<string> {
  const names = new Set<string>()
  JSON.stringify(operations, (_, value) => {
    if (typeof value?.name === 'string') names.add(keyOf(value as ObjectName))
    if (value?.of === 'schema') for (const one of [value.from, value.to]) names.add(schemaMark(one))
    return value
  })
  return names
}

const schemaMark = (schema: string) => `schema ${schema}`

/** What is named, and the views and inheriting tables that change along with it. */
function wholeOf(all: Snapshot, names: ReadonlySet<string>): ChangedPart['isWhole'] {
  const isNamed = (one: ObjectName) =>
    names.has(keyOf(one)) || (one.schema !== undefined && names.has(schemaMark(one.schema)))
  const made = new Set([...all.tables, ...all.views].filter(isNamed).map(keyOf))
  addMade(made, all)
  return (one) => isNamed(one) || made.has(keyOf(one))
}

/**
 * The part of the snapshot that the whole tables and views lean on, and that leans on them. Of the tables around them no
 * foreign key and no policy leads further away.
 */
function neighbourhood(all: Snapshot, isWhole: ChangedPart['isWhole']): Snapshot {
  const near = new Set([...all.tables, ...all.views].filter(isWhole).map(keyOf))
  for (const table of all.tables) if (leadsTo(table).some(isWhole)) near.add(keyOf(table))
  for (const table of all.tables)
    if (isWhole(table)) for (const one of leadsTo(table)) near.add(keyOf(one))
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

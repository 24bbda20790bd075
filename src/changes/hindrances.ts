import { liveScope, searchPathStatement } from '../autogenerate/catalog/scope.ts'
import type { DetourStatement, Hindrance, RevisionDraft } from '../autogenerate/produce.ts'
import { carryOutRenames, nothingAlong, type RenamedAlong } from '../autogenerate/read-renamed.ts'
import { inDiscardedTransaction } from '../autogenerate/shadow/discarded-transaction.ts'
import { readSchemaNames } from '../database/read-code-objects.ts'
import { isSame } from '../schema/names.ts'
import type { Operation, Rename } from '../schema/operation.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import type { Session } from '../session/session.ts'
import { type Dependent, dependentsOf } from './dependents.ts'
import { type Hanging, readHanging } from './hanging.ts'
import { inTheWay, nameEverywhere } from './name-instead.ts'
import { type Target, targetsOf } from './targets.ts'

/**
 * The drafts with what hangs on what they change, and is no business of the models: triggers, views, functions and so on make
 * way and are put back, with all that leans on them; what cannot be is named above the statement that it is in the way of.
 * `live` is the database with the renames carried out.
 */
export async function withHindrances(
  session: Session,
  drafts: readonly RevisionDraft[],
  { live, renames, along = nothingAlong }: After,
): Promise<readonly RevisionDraft[]> {
  const operations = drafts.flatMap(({ upgrade, downgrade }) => [...upgrade, ...downgrade])
  const targets = operations.flatMap(targetsOf)
  if (targets.length === 0) return drafts
  const found = await readHindrances(session, targets, { live, renames, along })
  if (found.dependents.length === 0) return drafts
  const all = drafts.map((draft) => ({
    ...draft,
    hindrances: new Map([
      ...hindrancesIn(draft.upgrade, found),
      ...hindrancesIn(draft.downgrade, found),
    ]),
  }))
  return nameEverywhere(all)
}

/** The renames, and the database with them carried out. */
interface After {
  readonly live: Snapshot
  readonly renames: readonly Rename[]
  readonly along?: RenamedAlong | undefined
}

interface Found {
  readonly dependents: readonly Dependent[]
  /** How they make way, and what leans on them; each behind what it leans on. */
  readonly hanging: readonly Hanging[]
}

/** The renames come first in an upgrade, and last in a downgrade: they are carried out, and taken back. */
async function readHindrances(
  session: Session,
  targets: readonly Target[],
  { live, renames, along = nothingAlong }: After,
): Promise<Found> {
  const { config, connection } = session
  return await inDiscardedTransaction(connection, config.lockTimeoutMs, async () => {
    const { schema, tables } = config
    const scope = await liveScope(connection, { schema, schemas: [], tables })
    const schemas = await readSchemaNames(connection)
    await connection.query(searchPathStatement(scope))
    await carryOutRenames(connection, renames, schemas, along.sequences)
    const dependents = await dependentsOf(session, scope, targets, live)
    const ids = new Set(dependents.filter(({ free }) => free === undefined).map(({ id }) => id))
    return { dependents, hanging: await readHanging(connection, scope, [...ids]) }
  })
}

function hindrancesIn(
  body: readonly Operation[],
  { dependents, hanging }: Found,
): ReadonlyMap<Operation, Hindrance> {
  const found = new Map<Operation, Writable>()
  const at = (operation: Operation) => {
    const hindrance = found.get(operation) ?? { notes: [], before: [], after: [], touches: [] }
    found.set(operation, hindrance)
    return hindrance
  }
  const detours = new Map<string, Way>()
  for (const dependent of dependents) {
    const touching = body.filter((operation) => touchedTargets(dependent, operation).length > 0)
    makeWayAlone(body, dependent, touching[0], at)
    if (touching.length === 0 || dependent.free?.drop !== undefined) continue
    const span = dependent.free === undefined ? spanOf(body, dependent, touching) : null
    const moving = span === null ? [] : withLeaning(dependent.id, hanging, body)
    if (span === null || moving.some(({ again }) => again === null))
      for (const one of touching) note(at(one).notes, dependent.label)
    else for (const { id } of moving) widen(detours, id, { span, of: [dependent.label] })
  }
  for (const one of hanging) leadAround(body, one, detours.get(one.id), at)
  return found
}

type At = (operation: Operation) => Writable

/** What is dropped and made again by a statement of its own, whatever leans on it. */
function makeWayAlone(
  body: readonly Operation[],
  dependent: Dependent,
  first: Operation | undefined,
  at: At,
): void {
  const { free, defaultOf } = dependent
  if (first !== undefined && defaultOf !== undefined) at(first).touches.push(defaultOf.table)
  if (free === undefined) return
  if (first !== undefined && free.drop !== undefined)
    at(first).before.push({ sql: free.drop, of: [] })
  const back = madeAgain(body, dependent)
  if (back !== undefined) for (const sql of free.create) putBack(at(back).after, sql)
}

function widen(detours: Map<string, Way>, id: string, more: Way): void {
  const { span, of } = detours.get(id) ?? { span: [], of: [] }
  detours.set(id, { span: [...span, ...more.span], of: [...of, ...more.of] })
}

/** Drops it before the first operation that it is in the way of, and makes it again behind the last. */
function leadAround(
  body: readonly Operation[],
  { again, reads }: Hanging,
  { span, of }: Way = { span: [], of: [] },
  at: At,
): void {
  const along = body.filter((operation) => span.includes(operation))
  const [first, last] = [along[0], along.at(-1)]
  if (first === undefined || last === undefined || again?.drop === undefined) return
  // What leans on others goes before them, and comes back after them.
  at(first).before.unshift({ sql: again.drop, of })
  at(first).touches.push(...reads)
  at(last).after.push(...again.create.map((sql) => ({ sql, of })))
}

/** The operations through which something cannot be there, and what that is for. */
interface Way {
  readonly span: readonly Operation[]
  readonly of: readonly string[]
}

/** The object and what leans on it in turn, without views that the operations make again by themselves. */
function withLeaning(
  id: string,
  hanging: readonly Hanging[],
  body: readonly Operation[],
): readonly Hanging[] {
  const ids = new Set([id])
  for (const one of hanging) if (one.on.some((other) => ids.has(other))) ids.add(one.id)
  const isDropped = ({ view }: Hanging) =>
    view !== null && body.some((one) => one.kind === 'drop view' && isSame(one.view, view))
  return hanging.filter((one) => ids.has(one.id) && !isDropped(one))
}

/** An array type and a second column lead to the same object. */
function note(notes: string[], label: string): void {
  const line = inTheWay(label)
  if (!notes.includes(line)) notes.push(line)
}

function putBack(statements: DetourStatement[], sql: string): void {
  if (!statements.some((one) => one.sql === sql)) statements.push({ sql, of: [] })
}

type Writable = {
  readonly [Key in keyof Hindrance]: Hindrance[Key] extends readonly (infer T)[] ? T[] : never
}

/**
 * From when to when it cannot be there; null where one of the operations takes what it leans on away for good, the order of its
 * values included.
 */
function spanOf(
  body: readonly Operation[],
  dependent: Dependent,
  touching: readonly Operation[],
): readonly Operation[] | null {
  if (dependent.blocks === 'order') return null
  const span: Operation[] = []
  for (const operation of touching) {
    const back = comesBack(body, operation)
    const isRenewed = touchedTargets(dependent, operation).every(
      ({ of, change }) => of !== 'relation' || change === 'renew',
    )
    if (back === undefined || (back === operation && !isRenewed)) return null
    span.push(operation, back)
  }
  return span
}

/** The operation that makes again what this one drops, or changes. */
function comesBack(body: readonly Operation[], operation: Operation): Operation | undefined {
  const after = body.slice(body.indexOf(operation))
  switch (operation.kind) {
    case 'alter column':
    case 'replace enum':
      return operation
    case 'drop view':
      return after.find((one) => one.kind === 'create view' && isSame(one.view, operation.view))
    case 'drop column':
      return after.find(
        (one) =>
          one.kind === 'add column' &&
          one.column.name === operation.column.name &&
          isSame(one.table, operation.table),
      )
    default:
      return undefined
  }
}

/** What the operation does that the dependent is in the way of. */
function touchedTargets(dependent: Dependent, operation: Operation): readonly Target[] {
  return targetsOf(operation).filter((target) => isIn(dependent, target, operation))
}

/** Where the column comes back that a sequence went with. */
function madeAgain(body: readonly Operation[], { on }: Dependent): Operation | undefined {
  return body.find(
    (one) =>
      (one.kind === 'create table' ||
        (one.kind === 'add column' && one.column.name === on.column)) &&
      isSame(one.table, on.object),
  )
}

/** Whether the dependent is in the way of what happens to the target. */
function isIn({ on, ...dependent }: Dependent, target: Target, operation: Operation): boolean {
  if (dependent.free?.drop !== undefined && target.change !== 'drop') return false
  if (isOwnDefault(dependent, operation)) return false
  const isPart = on.of === 'column' && target.of === 'relation'
  if (on.of !== target.of && !isPart && !(on.of === 'row' && target.of !== 'type')) return false
  if (on.object.schema !== target.object.schema || on.object.name !== target.object.name)
    return false
  if (target.of === 'column' && on.of === 'row')
    return dependent.blocks === 'type' && target.change !== 'drop'
  if (target.of === 'column' && on.column !== target.column) return false
  // What is a part of the table goes with it, and what only counts or compares with its column.
  if (target.of === 'relation' && dependent.isPart) return false
  if (dependent.blocks === 'order') return target.change === 'order'
  if (target.change === 'drop') return !dependent.goesAlong
  if (target.of !== 'column') return true
  return dependent.blocks === 'recast' ? target.isRecast === true : dependent.blocks === 'type'
}

/** The operation takes care of it. */
function isOwnDefault({ defaultOf }: Pick<Dependent, 'defaultOf'>, operation: Operation): boolean {
  if (defaultOf === undefined || operation.kind !== 'alter column') return false
  return defaultOf.column === operation.before.name && isSame(defaultOf.table, operation.table)
}

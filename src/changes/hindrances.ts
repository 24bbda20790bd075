import type { Hindrance, RevisionDraft } from '../autogenerate/produce.ts'
import { droppedSequence, sequenceOf } from '../schema/ddl/sequence-position.ts'
import { isSame } from '../schema/names.ts'
import type { Operation, Rename } from '../schema/operation.ts'
import { isKey, partOf } from '../schema/parts.ts'
import { isOfObject } from '../schema/rename/order.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { keepsForeignKeys, typeChange } from '../schema/type-change.ts'
import type { Session } from '../session/session.ts'
import { type Dependent, dependentsOf, type Target } from './dependents.ts'

/**
 * The drafts with what hangs on what they change, and is no business of the models: a trigger on a column that takes
 * another type is put back, everything else is named above the statement that it is in the way of.
 */
export async function withHindrances(
  session: Session,
  drafts: readonly RevisionDraft[],
  { live, renames }: { readonly live: Snapshot; readonly renames: readonly Rename[] },
): Promise<readonly RevisionDraft[]> {
  const original = originals(renames)
  const operations = drafts.flatMap(({ upgrade, downgrade }) => [...upgrade, ...downgrade])
  const targets = operations.flatMap((operation) => targetsOf(operation).map(original))
  if (targets.length === 0) return drafts
  const dependents = await dependentsOf(session, targets, live)
  if (dependents.length === 0) return drafts
  const annotated = (body: readonly Operation[]) => hindrancesIn(body, dependents, original)
  return drafts.map((draft) => ({
    ...draft,
    hindrances: new Map([...annotated(draft.upgrade), ...annotated(draft.downgrade)]),
  }))
}

/** What an operation takes away, or changes such that PostgreSQL refuses it while something else leans on it. */
function targetsOf(operation: Operation): readonly Target[] {
  switch (operation.kind) {
    case 'alter column': {
      const gone = leftSequence(operation)
      if (typeChange(operation.before, operation.after) === undefined) return gone
      return [
        ...gone,
        {
          of: 'column',
          object: operation.table,
          column: operation.after.name,
          change: WITHOUT_ORDER.has(operation.after.type) ? 'order' : 'type',
          isRecast: !keepsForeignKeys(operation.before, operation.after),
        },
      ]
    }
    case 'drop column':
      return [
        { of: 'column', object: operation.table, column: operation.column.name, change: 'drop' },
      ]
    case 'drop table':
      return [{ of: 'relation', object: operation.table, change: 'drop' }]
    case 'drop view':
      return [{ of: 'relation', object: operation.view, change: 'drop' }]
    case 'drop sequence':
      return [{ of: 'relation', object: operation.sequence, change: 'drop' }]
    case 'drop enum':
      return [{ of: 'type', object: operation.enum, change: 'drop' }]
    case 'replace enum':
      return [
        { of: 'type', object: operation.before, change: 'drop' },
        ...operation.columns.map(
          ({ table, column }): Target => ({ of: 'column', object: table, column, change: 'type' }),
        ),
      ]
    case 'drop index':
    case 'drop constraint':
    case 'swap': {
      const part = operation.kind === 'swap' ? operation.before : partOf(operation)
      const object = { ...operation.table, name: part.name }
      return isKey(part) ? [{ of: 'relation', object, change: 'drop' }] : []
    }
    default:
      return []
  }
}

/** The sequence behind the column where it goes, or makes way for another one of its name. */
function leftSequence(operation: AlterColumn): readonly Target[] {
  const { table, before, after } = operation
  const isRenewed =
    (before.serial && after.identity !== undefined) ||
    (before.identity !== undefined && after.serial)
  const sequence = isRenewed ? sequenceOf(table, before) : droppedSequence(operation)
  if (sequence === undefined) return []
  const isSameName = isRenewed && isSame(sequence, sequenceOf(table, after))
  return [{ of: 'relation', object: sequence, change: isSameName ? 'renew' : 'drop' }]
}

type AlterColumn = Extract<Operation, { kind: 'alter column' }>

/** Types that no b-tree takes. */
const WITHOUT_ORDER = new Set('json xml point line lseg box path polygon circle'.split(' '))

function hindrancesIn(
  body: readonly Operation[],
  dependents: readonly Dependent[],
  original: (target: Target) => Target,
): ReadonlyMap<Operation, Hindrance> {
  const found = new Map<Operation, Writable>()
  const at = (operation: Operation) => {
    const hindrance = found.get(operation) ?? { notes: [], before: [], after: [], touches: [] }
    found.set(operation, hindrance)
    return hindrance
  }
  const isRenamed = body.some(({ kind }) => kind === 'rename')
  for (const dependent of dependents) {
    const touching = body.filter((operation) =>
      targetsOf(operation).some((target) => isIn(dependent, original(target), operation)),
    )
    const [first] = touching
    const { free, defaultOf } = dependent
    const way = free?.drop === undefined ? dependent.again : free
    const last = free === undefined ? touching.at(-1) : madeAgain(body, dependent)
    const back =
      free ?? (canMakeWay(dependent, touching) && !isRenamed ? dependent.again : undefined)
    if (back === undefined || way === undefined)
      for (const one of touching) say(at(one).notes, `fails while ${dependent.label} is there`)
    else if (first !== undefined && way.drop !== undefined) at(first).before.push(way.drop)
    if (last !== undefined && back !== undefined) {
      for (const sql of back.create) say(at(last).after, sql)
    }
    if (first !== undefined && defaultOf !== undefined) at(first).touches.push(defaultOf.table)
  }
  return found
}

/** An array type and a second column lead to the same object. */
function say(lines: string[], line: string): void {
  if (!lines.includes(line)) lines.push(line)
}

type Writable = {
  readonly [Key in keyof Hindrance]: Hindrance[Key] extends readonly (infer T)[] ? T[] : never
}

/** Whether it can be made again behind them all: its column stays, and the sequence that it reads has a successor. */
function canMakeWay({ defaultOf }: Dependent, touching: readonly Operation[]): boolean {
  return touching.every((operation) =>
    defaultOf === undefined
      ? operation.kind === 'alter column' || operation.kind === 'replace enum'
      : targetsOf(operation).every(({ of, change }) => of !== 'relation' || change === 'renew'),
  )
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
function isIn(
  { on, label: _, ...dependent }: Dependent,
  target: Target,
  operation: Operation,
): boolean {
  if (dependent.free?.drop !== undefined && target.change !== 'drop') return false
  if (isOwnDefault(dependent, operation)) return false
  const isPart = on.of === 'column' && target.of === 'relation'
  if (on.of !== target.of && !isPart && !(on.of === 'row' && target.of !== 'type')) return false
  if (on.object.schema !== target.object.schema || on.object.name !== target.object.name)
    return false
  if (target.of === 'column' && on.of === 'row') return target.change !== 'drop'
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

/** The names that the database still has, before the renames. */
function originals(renames: readonly Rename[]): (target: Target) => Target {
  const objects = renames.filter(isOfObject)
  const object = (name: ObjectName): ObjectName => {
    const own = objects.find(({ to }) => to.name === name.name && to.schema === name.schema)
    const { schema, name: plain } = own?.from ?? name
    const moved = renames.find(({ of, to }) => of === 'schema' && to === schema)
    return {
      name: plain,
      ...(schema !== undefined && { schema: moved?.of === 'schema' ? moved.from : schema }),
    }
  }
  return (target) => {
    const table = object(target.object)
    if (target.of !== 'column') return { ...target, object: table }
    const own = renames.find(
      (one) =>
        one.of === 'column' &&
        one.to === target.column &&
        one.table.name === table.name &&
        one.table.schema === table.schema,
    )
    return { ...target, object: table, column: own?.of === 'column' ? own.from : target.column }
  }
}

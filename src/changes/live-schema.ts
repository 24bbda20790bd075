import { readSnapshot } from '../autogenerate/catalog/read-snapshot.ts'
import { liveScope, type Scope } from '../autogenerate/catalog/scope.ts'
import { labelOf } from '../autogenerate/labels.ts'
import { produceRevisions } from '../autogenerate/produce.ts'
import { renderOperations } from '../autogenerate/render.ts'
import { inDiscardedTransaction } from '../autogenerate/shadow/discarded-transaction.ts'
import type { Config } from '../config/resolve-config.ts'
import { readSchemaNames } from '../database/read-code-objects.ts'
import { keyOf } from '../schema/names.ts'
import type { Operation } from '../schema/operation.ts'
import { operationStatements } from '../schema/operation-statements.ts'
import {
  emptySnapshot,
  type ReadRelation,
  type Snapshot,
  type TableSnapshot,
} from '../schema/snapshot.ts'
import type { Session } from '../session/session.ts'
import { closed } from '../sql/tokens.ts'
import { readCarried } from './live-carried.ts'
import { type LiveExtra, readLiveExtras } from './live-extras.ts'
import { readNotNulls } from './live-not-nulls.ts'
import { withClauses } from './live-tables.ts'
import { comparedObjects } from './object-filter.ts'

/** A live schema as the body of a revision. */
export interface LiveSchema {
  readonly upgrade: string
  /** What that makes. */
  readonly written: Pick<Live, 'snapshot' | 'extras'>
  /** What lives there and the upgrade does not make, a line each. */
  readonly notWritten: readonly string[]
  /** Schemas to look up names in. */
  readonly path: readonly string[]
}

/** Extensions need schemas, and tables need types. */
type Part = 'schema' | 'type' | 'table'

function partOf({ kind }: Operation): Part {
  if (kind === 'create schema') return 'schema'
  return kind === 'create enum' || kind === 'create sequence' ? 'type' : 'table'
}

/** Reads the target schema and those of `autogenerate.schemas` as they are; changes nothing. */
export async function readLiveSchema(session: Session): Promise<LiveSchema> {
  return await readingLiveSchema(session, async (live) => live)
}

/** The same, in a transaction that is rolled back, in which `work` may ask for more. */
export async function readingLiveSchema<T>(
  session: Pick<Session, 'config' | 'connection'>,
  work: (live: LiveSchema, scope: Scope) => Promise<T>,
): Promise<T> {
  const { config, connection } = session
  const { schema, tables } = config
  const schemas = config.autogenerate.schemas ?? []
  return await reading(session, schemas, async (live) => {
    const { snapshot, scope } = live
    const extras = [
      ...live.extras,
      ...(await readNotNulls(connection, scope)),
      ...(await readCarried(connection, scope)),
    ]
    const others = (await readSchemaNames(connection)).filter(
      (name) => name !== schema && !schemas.includes(name) && name !== tables.schema,
    )
    const { kept, left } = writable(snapshot, config)
    const skipped = new Set(left.map(({ key }) => key))
    const isWritten = ({ on }: LiveExtra) => on === null || !skipped.has(keyOf(on))
    const written = { snapshot: kept, extras: extras.filter(isWritten) }
    const found: LiveSchema = {
      path: scope.path,
      upgrade: bodyOf(written),
      written,
      notWritten: [
        ...left.map(({ line }) => line),
        ...extras.filter((one) => one.sql === null || !isWritten(one)).map(({ label }) => label),
        ...others.map((name) => `schema ${name}, which autogenerate.schemas does not name`),
      ],
    }
    return await work(found, scope)
  })
}

/** What the target schema and `schemas` hold, what models cannot declare included. */
export interface Live {
  readonly snapshot: Snapshot
  readonly extras: readonly LiveExtra[]
  /** Names are looked up as the texts take for granted. */
  readonly scope: Scope
}

/** Reads them in a transaction that is rolled back, in which `work` may ask for more. */
export async function reading<T>(
  { config, connection }: Pick<Session, 'config' | 'connection'>,
  schemas: readonly string[],
  work: (live: Live) => Promise<T>,
): Promise<T> {
  const { schema, tables, lockTimeoutMs } = config
  return await inDiscardedTransaction(connection, lockTimeoutMs, async () => {
    const scope = await liveScope(connection, { schema, schemas, tables })
    const found = await readSnapshot(connection, scope)
    const snapshot = await withClauses(connection, scope, found)
    const extras = await readLiveExtras(connection, scope)
    return await work({ snapshot, extras, scope })
  })
}

function bodyOf({ snapshot, extras }: LiveSchema['written']): string {
  const hasFunctions = extras.some(({ label, sql }) => sql !== null && /^(func|proc)/.test(label))
  return [
    // Bodies may name tables that are made after them.
    ...(hasFunctions ? ['SET LOCAL check_function_bodies = off;'] : []),
    ...madeInOrder(snapshot, extras, (operations) => [renderOperations(operations, 'upgrade')]),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

/** The statements that make all of it in an empty database, each after what it needs. */
export function creatingStatements({ snapshot, extras }: Omit<Live, 'scope'>): readonly string[] {
  return madeInOrder(snapshot, extras, (operations) =>
    operations.flatMap((operation) => operationStatements(operation)),
  )
}

function madeInOrder(
  snapshot: Snapshot,
  extras: readonly LiveExtra[],
  print: (operations: readonly Operation[]) => readonly string[],
): readonly string[] {
  const [draft] = produceRevisions(
    { before: emptySnapshot, after: snapshot },
    { renames: [], inOne: true },
  )
  const printed = (part: Part) =>
    print((draft?.upgrade ?? []).filter((one) => partOf(one) === part))
  const written = (stage: LiveExtra['stage']) =>
    extras
      .filter((one) => one.stage === stage)
      .flatMap(({ sql }) => (sql === null ? [] : [`${closed(sql.trimEnd())};`]))
  return [
    ...printed('schema'),
    ...written('extension'),
    ...printed('type'),
    ...written('before'),
    ...printed('table'),
    ...written('after'),
  ]
}

/** An object that is not written, and why. */
interface Left {
  readonly key: string
  readonly line: string
}

/** The snapshot without what CREATE TABLE alone does not make, what is not compared, and what needs either. */
function writable(
  snapshot: Snapshot,
  config: Config,
): { readonly kept: Snapshot; readonly left: readonly Left[] } {
  const isCompared = comparedObjects(config)
  const left: Left[] = []
  const isGone = (relation: { readonly schema?: string; readonly name: string }) =>
    left.some(({ key }) => key === keyOf(relation))
  const tables = snapshot.tables.filter((table) => {
    const why = reasonOf(table, isCompared({ ...table, kind: 'table' }))
    if (why !== null) left.push({ key: keyOf(table), line: `table ${labelOf(table)}, ${why}` })
    return why === null
  })
  let views = snapshot.views.filter((view) => isCompared({ ...view, kind: 'view' }))
  // A view on a view that is not written is not written either.
  for (let before = -1; before !== left.length; ) {
    before = left.length
    views = views.filter((view) => {
      const missing = view.reads.find(isGone)
      if (missing === undefined) return true
      left.push({ key: keyOf(view), line: `view ${labelOf(view)}, ${reads(missing)}` })
      return false
    })
  }
  const whole = tables.map((table): TableSnapshot => {
    const name = labelOf(table)
    const constraints = table.constraints.filter(({ name: constraint, references }) => {
      if (references === undefined || !isGone(references.table)) return true
      const line = `constraint ${constraint} on ${name}, ${reads(references.table)}`
      left.push({ key: '', line })
      return false
    })
    const policies = table.policies.filter((policy) => {
      const missing = policy.reads.find(isGone)
      if (missing === undefined) return true
      left.push({ key: '', line: `policy ${policy.name} on ${name}, ${reads(missing)}` })
      return false
    })
    const indexes = table.indexes.filter(({ name: index, valid }) => {
      if (!valid)
        left.push({ key: '', line: `index ${index} on ${name}, whose build was interrupted` })
      return valid
    })
    return { ...table, constraints, policies, indexes }
  })
  return { kept: { ...snapshot, tables: whole, views }, left }
}

const reads = (missing: Pick<ReadRelation, 'schema' | 'name'>) =>
  `which needs ${labelOf(missing)}, not written`

function reasonOf({ special, clause, ledger }: TableSnapshot, isCompared: boolean): string | null {
  if (special && clause === undefined) return 'which is of a type'
  if (ledger === true) return 'where another tool keeps what it has run'
  return isCompared ? null : 'which is excluded'
}

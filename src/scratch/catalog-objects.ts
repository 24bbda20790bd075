import { readSnapshot } from '../autogenerate/catalog/read-snapshot.ts'
import { liveScope } from '../autogenerate/catalog/scope.ts'
import { labelOf } from '../autogenerate/labels.ts'
import { inDiscardedTransaction } from '../autogenerate/shadow/discarded-transaction.ts'
import { comparedObjects } from '../changes/object-filter.ts'
import type { Config } from '../config/resolve-config.ts'
import type { Connection } from '../database/connection.ts'
import { readCodeObjects, readSchemaNames } from '../database/read-code-objects.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'

/** All that revisions make in a database, by name (`table users`, `column users.name`, `function f(integer)`), each as data. */
export type CatalogObjects = ReadonlyMap<string, object>

/** An object that two databases have not in common. */
export interface CatalogDifference {
  readonly object: string
  /** What the first database has; undefined where it has none. */
  readonly left: object | undefined
  readonly right: object | undefined
}

/** Reads all schemas but PostgreSQL's own, in a transaction that is rolled back. */
export async function readCatalogObjects(
  connection: Connection,
  config: Config,
): Promise<CatalogObjects> {
  const { schema, tables, lockTimeoutMs } = config
  return await inDiscardedTransaction(connection, lockTimeoutMs, async () => {
    const all = await readSchemaNames(connection)
    const schemas = all.filter((name) => name !== schema)
    const scope = await liveScope(connection, { schema, schemas, tables })
    const snapshot = await readSnapshot(connection, scope)
    const code = await readCodeObjects(connection, schema)
    return new Map([
      ...snapshotObjects(snapshot, config),
      ...code.map(({ label, definition }) => [label, { definition }] as const),
    ])
  })
}

/** What models can declare, by name. */
export function* snapshotObjects(
  { schemas, enums, sequences, tables, views }: Snapshot,
  config: Pick<Config, 'autogenerate' | 'ignoreTables' | 'ledger' | 'schema' | 'tables'>,
): Generator<readonly [string, object]> {
  const isCompared = comparedObjects(config)
  for (const name of schemas) if (name !== config.tables.schema) yield [`schema ${name}`, {}]
  for (const type of enums) yield [`enum ${labelOf(type)}`, type]
  for (const sequence of sequences) yield [`sequence ${labelOf(sequence)}`, sequence]
  for (const { indexes = [], carries: _, ...view } of views) {
    yield [`view ${labelOf(view)}`, view]
    for (const item of indexes) yield [`index ${item.name} on ${labelOf(view)}`, item]
  }
  for (const { columns, constraints, indexes, policies, ...table } of tables) {
    if (!isCompared({ ...(table as ObjectName), kind: 'table' })) continue
    const label = labelOf(table)
    yield [`table ${label}`, table]
    for (const column of columns) yield [`column ${labelOf(table, column.name)}`, column]
    for (const item of constraints) yield [`constraint ${item.name} on ${label}`, item]
    for (const item of indexes) yield [`index ${item.name} on ${label}`, item]
    for (const item of policies) yield [`policy ${item.name} on ${label}`, item]
  }
}

/** What differs, by name. Of a table that only one side has, its parts are not listed. */
export function compareCatalogs(
  left: CatalogObjects,
  right: CatalogObjects,
): readonly CatalogDifference[] {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort()
  const differences = names.flatMap((object) => {
    const [before, after] = [left.get(object), right.get(object)]
    return JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [{ object, left: before, right: after }]
  })
  const lone = differences
    .filter((one) => one.object.startsWith('table ') && !(one.left && one.right))
    .map(({ object }) => object.slice('table '.length))
  return differences.filter(
    ({ object }) =>
      object.startsWith('table ') ||
      !lone.some(
        (table) => object.startsWith(`column ${table}.`) || object.endsWith(` on ${table}`),
      ),
  )
}

/** One line: which of the two has it, or what of it differs. */
export function describeDifference(
  { object, left, right }: CatalogDifference,
  [leftName, rightName]: readonly [string, string],
): string {
  if (right === undefined) return `only ${leftName} has ${object}`
  if (left === undefined) return `only ${rightName} has ${object}`
  const values = (side: object) => side as Readonly<Record<string, unknown>>
  const facts = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .map((key) => [key, show(values(left)[key]), show(values(right)[key])] as const)
    .filter(([, before, after]) => before !== after)
    .map(
      ([key, before, after]) => `${key} is ${before} in ${leftName} and ${after} in ${rightName}`,
    )
  return `${object} differs: ${facts.join('; ')}`
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}

import { compared } from '../autogenerate/compared.ts'
import { produceRevisions } from '../autogenerate/produce.ts'
import { compareModels } from '../changes/compare-models.ts'
import { describeOperations } from '../changes/describe-operations.ts'
import { readCarried } from '../changes/live-carried.ts'
import type { LiveExtra } from '../changes/live-extras.ts'
import { reading } from '../changes/live-schema.ts'
import { comparedObjects } from '../changes/object-filter.ts'
import { namedHooks } from '../changes/wrap-hooks.ts'
import { readSchemaNames } from '../database/read-code-objects.ts'
import { inDefaultSchema } from '../schema/default-schema.ts'
import { truncatedName } from '../schema/names.ts'
import type { ObjectName, Schema } from '../schema/schema.ts'
import type { ConstraintSnapshot, Snapshot } from '../schema/snapshot.ts'
import type { Revisions } from '../script/revisions.ts'
import {
  type CatalogObjects,
  compareCatalogs,
  describeDifference,
  snapshotObjects,
} from './catalog-objects.ts'
import type { Copy } from './with-copy.ts'

/** Where the upgrades have to lead. */
export interface Goal {
  readonly models: Schema
  /** What of the models the copy can show. */
  readonly isWhole: (relation: ObjectName) => boolean
}

/** What `diff` would still find after the upgrades, in words. */
export async function leftByUpgrade(
  copy: Copy,
  revisions: Revisions,
  goal: Goal,
): Promise<readonly string[]> {
  const { config } = copy
  const only = (relation: ObjectName) => goal.isWhole(inTarget(relation, config.schema))
  const whole = wholeModels(inDefaultSchema(goal.models, config.schema), goal.isWhole)
  const comparison = await compareModels(copy, revisions, whole, { only, cached: false })
  const drafts = produceRevisions(comparison, {
    renames: [],
    edit: namedHooks(config.autogenerate).operations,
    inOne: true,
  })
  // What keeps a schema from being dropped may not have been copied.
  const operations = drafts
    .flatMap(({ upgrade }) => upgrade)
    .filter((one) => one.kind !== 'drop schema')
  return describeOperations(operations)
}

const inTarget = ({ schema, name }: ObjectName, target: string): ObjectName =>
  schema === undefined || schema === target ? { name } : { schema, name }

function wholeModels(models: Schema, isWhole: Goal['isWhole']): Schema {
  const isThere = ({ schema, name }: ObjectName) =>
    isWhole({ ...(schema !== undefined && { schema }), name: truncatedName(name) })
  return {
    ...models,
    tables: models.tables.filter(isThere),
    views: models.views.filter(isThere),
  }
}

/** All that the copy holds and that is not excluded, what models cannot say included. */
export async function readCopy(
  { config, connection }: Copy,
  { models }: Goal,
): Promise<CatalogObjects> {
  const schemas = (await readSchemaNames(connection)).filter((name) => name !== config.schema)
  return await reading({ config, connection }, schemas, async ({ snapshot, extras, scope }) => {
    const carried = await readCarried(connection, scope)
    const ours = compared(snapshot, models, comparedObjects(config))
    const unsaid = [...extras, ...carried].map(nameOfUnsaid)
    return new Map([
      ...snapshotObjects(withoutRows(ours), config),
      ...unsaid.map((name) => [name, {}] as const),
    ])
  })
}

/** Where nothing has rows, it says nothing which views are filled and which rows a constraint was checked on. */
function withoutRows(snapshot: Snapshot): Snapshot {
  const validated = (constraint: ConstraintSnapshot) => ({ ...constraint, validated: true })
  return {
    ...snapshot,
    tables: snapshot.tables.map((table) => ({
      ...table,
      constraints: table.constraints.map(validated),
    })),
    views: snapshot.views.map(({ populated: _, ...view }) => view),
  }
}

/** What a column of another type has been in is PostgreSQL's to spell, with casts that it does not take back. */
function nameOfUnsaid({ label, sql }: LiveExtra): string {
  return `${label}: ${sql?.replace(casts, '')}`
}

const typeName =
  '(?:character varying|double precision|bit varying|"[^"]*"|\\w+)(?:\\."[^"]*"|\\.\\w+)?(?:\\([\\d,]*\\))?'
const casts = new RegExp(`::${typeName}(?: with(?:out)? time zone)?(?:\\[\\])*|[()\\s]`, 'g')

/** What the downgrades leave otherwise than it was, in words. */
export function leftByDowngrade(before: CatalogObjects, after: CatalogObjects): readonly string[] {
  return compareCatalogs(before, after).map((one) =>
    describeDifference(one, ['the copy before', 'the copy afterwards']),
  )
}

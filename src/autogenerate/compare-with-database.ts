import type { Connection } from '../database/connection.ts'
import { readGivenSettings } from '../database/given-settings.ts'
import type { Tables } from '../database/tables.ts'
import { inDefaultSchema } from '../schema/default-schema.ts'
import { sortedBy } from '../schema/names.ts'
import type { Rename } from '../schema/operation.ts'
import { refuseCollisions } from '../schema/refuse-collisions.ts'
import type { Schema } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { readSnapshot } from './catalog/read-snapshot.ts'
import { liveScope } from './catalog/scope.ts'
import { compared, type IsCompared } from './compared.ts'
import { firstCauses, type Warning } from './first-causes.ts'
import { label } from './labels.ts'
import { type RenamedAlong, readRenamed } from './read-renamed.ts'
import type { FailedStep } from './shadow/build-steps.ts'
import { inDiscardedTransaction } from './shadow/discarded-transaction.ts'
import { takeOver } from './shadow/keep-unbuildable.ts'
import { type AsLive, readShadow } from './shadow/read-shadow.ts'
import { refusedDefaults } from './shadow/refused-defaults.ts'
import { planShadow, type Shadow } from './shadow/shadow.ts'
import type { TextCache } from './shadow/shadow-key.ts'

export interface CompareOptions {
  /** The target schema: what models without a schema are in. */
  readonly schema: string
  /** Schemas to compare beside those of the models. */
  readonly schemas: readonly string[]
  readonly isCompared: IsCompared
  readonly renames: readonly Rename[]
  /** Limbeck's own tables. */
  readonly tables: Tables
  /** Keeps what the models make between two runs; not used with a scratch database. */
  readonly cache?: TextCache | undefined
  /** ms; how long to wait for a table that another session alters. */
  readonly lockTimeoutMs?: number | undefined
}

export interface Comparison {
  readonly live: Snapshot
  /** `live` after the renames. */
  readonly before: Snapshot
  /** What is renamed along with them. */
  readonly along?: RenamedAlong
  /** What the models say; the live state of what could not be built from them. */
  readonly after: Snapshot
  readonly warnings: readonly Warning[]
}

/**
 * Reads the database and what the models would make of it, both as PostgreSQL spells them: the models are built beside
 * it, or in a scratch database, in a transaction that is rolled back. What cannot be built is a warning. Throws
 * LIMBECK_PERMISSION_DENIED.
 */
export async function compareWithDatabase(
  connection: Connection,
  declared: Schema,
  options: CompareOptions,
  scratch?: Connection,
): Promise<Comparison> {
  const models = inDefaultSchema(declared, options.schema)
  // What is named in the target schema and what is in it by default meet only here.
  refuseCollisions(models)
  const { lockTimeoutMs, renames, cache } = options
  const only = (snapshot: Snapshot) => compared(snapshot, models, options.isCompared)
  return await inDiscardedTransaction(connection, lockTimeoutMs, async () => {
    const scope = await liveScope(connection, {
      ...options,
      schemas: schemasToRead(models, options),
    })
    const declared = models.sequences
    const live = only(await readSnapshot(connection, scope, declared))
    const renamed =
      renames.length > 0 &&
      (await readRenamed(connection, scope, renames, { schemas: live.schemas, declared }))
    const before = renamed ? only(renamed.snapshot) : live
    const asLive: AsLive = (built, failed) =>
      takeOver(only({ ...built, schemas: schemasAfter(models, before) }), before, failed)
    const read = async (on: Connection, kept?: TextCache) => {
      const settings = on === scratch ? await readGivenSettings(connection) : null
      const shadow = await planShadow(on, models, scope, settings)
      const { after, failed } = await readShadow(on, shadow, before, asLive, kept)
      const refused = await refusedDefaults(on, before, after)
      return {
        after,
        warnings: [...warningsOf(shadow, failed, after, options.isCompared), ...refused],
      }
    }
    const result =
      scratch === undefined
        ? await read(connection, cache)
        : await inDiscardedTransaction(scratch, lockTimeoutMs, () => read(scratch))
    return { live, before, ...result, ...(renamed && { along: renamed.along }) }
  })
}

function schemasToRead(models: Schema, { schemas, renames }: CompareOptions): readonly string[] {
  return [...new Set([...namedSchemas(models), ...schemas, ...renames.flatMap(renamedSchemas)])]
}

function namedSchemas(models: Schema): readonly string[] {
  const objects = [...models.enums, ...models.sequences, ...models.tables, ...models.views]
  return [...models.schemas, ...objects.flatMap(({ schema }) => schema ?? [])]
}

function renamedSchemas(rename: Rename): readonly string[] {
  switch (rename.of) {
    case 'schema':
      return [rename.from, rename.to]
    case 'column':
      return rename.table.schema === undefined ? [] : [rename.table.schema]
    case 'enum value':
      return rename.enum.schema === undefined ? [] : [rename.enum.schema]
    default:
      return [rename.from, rename.to].flatMap(({ schema }) => schema ?? [])
  }
}

/** Those that the models create, and those that they only use where the server has them. */
function schemasAfter(models: Schema, { schemas }: Snapshot): readonly string[] {
  const existing = namedSchemas(models).filter((name) => schemas.includes(name))
  return sortedBy([...new Set([...models.schemas, ...existing])], (name) => name)
}

function warningsOf(
  { missingRoles, models }: Shadow,
  failed: readonly FailedStep[],
  after: Snapshot,
  isCompared: IsCompared,
): readonly Warning[] {
  const used = new Set(
    after.tables.flatMap(({ policies }) => policies.flatMap(({ roles }) => roles)),
  )
  return [
    ...missingRoles.map(
      (name): Warning => ({
        object: label('role', name),
        message: 'is not on the server: create-all creates it, a revision does not',
        hint: `Create it first: CREATE ROLE ${quoteIdentifier(name)}; or declare it as existing() where that is done elsewhere.`,
        ...(!used.has(name) && { isNote: true }),
      }),
    ),
    ...firstCauses(failed, models, isCompared),
  ]
}

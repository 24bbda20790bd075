import { searchPathStatement } from '../autogenerate/catalog/scope.ts'
import { normalise } from '../autogenerate/shadow/normalise.ts'
import { isSameText, type ProbeSite } from '../autogenerate/shadow/probe.ts'
import type { LiveExtra } from '../changes/live-extras.ts'
import { type LiveSchema, readingLiveSchema } from '../changes/live-schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import {
  type CatalogObjects,
  compareCatalogs,
  describeDifference,
  snapshotObjects,
} from './catalog-objects.ts'
import type { Copy } from './with-copy.ts'

/**
 * What the revision that writes a live schema makes otherwise there, in words. Where the two texts of an expression differ, the
 * scratch server spells both.
 */
export async function leftOfLive(
  copy: Copy,
  { written: live }: LiveSchema,
): Promise<readonly string[]> {
  const { config, connection } = copy
  return await readingLiveSchema(copy, async ({ written }, scope) => {
    const schemas = [config.schema, ...written.snapshot.schemas]
    const site: ProbeSite = {
      scope,
      names: {
        defaultSchema: config.schema,
        schemas: new Map(schemas.map((schema) => [schema, schema])),
        objects: new Set(),
      },
      outOf: (text) => text,
    }
    const wanted = inFull(live.snapshot)
    await connection.query(searchPathStatement(scope))
    const made = await normalise(site, wanted, inFull(written.snapshot), (probe, a, b) =>
      isSameText(connection, site, probe, a, b),
    )
    const objects = (snapshot: Snapshot, extras: readonly LiveExtra[]): CatalogObjects =>
      new Map([
        ...snapshotObjects(snapshot, config),
        ...extras.filter(({ sql }) => sql !== null).map((one) => [nameOf(one), {}] as const),
      ])
    return compareCatalogs(objects(wanted, live.extras), objects(made, written.extras)).map((one) =>
      describeDifference(one, ['the database', 'what the revision makes']),
    )
  })
}

/** What models cannot say counts, too. */
function inFull(snapshot: Snapshot): Snapshot {
  const whole = <T extends { readonly full: string }>(one: T) => ({ ...one, definition: one.full })
  return {
    ...snapshot,
    tables: snapshot.tables.map((table) => ({
      ...table,
      constraints: table.constraints.map(whole),
      indexes: table.indexes.map(whole),
    })),
    views: snapshot.views.map(({ populated = true, ...view }) => ({
      ...view,
      options: { ...view.options, populated: String(populated) },
    })),
  }
}

/** Of what holds expressions PostgreSQL's own text is sent, and printed in another way afterwards. */
function nameOf({ label, sql }: LiveExtra): string {
  const holdsExpressions =
    /^(?:exclusion constraint|statistics|trigger|rule|domain|function|procedure) /.test(label)
  return holdsExpressions ? label : `${label}: ${sql}`
}

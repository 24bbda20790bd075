import type { Connection } from '../../database/connection.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import { catalogRows, readCatalog } from '../catalog/read-catalog.ts'
import { snapshotOf } from '../catalog/read-snapshot.ts'
import type { FailedStep } from './build-steps.ts'
import { normalise } from './normalise.ts'
import { type IsSame, isSameText } from './probe.ts'
import { buildShadow, type Shadow } from './shadow.ts'
import { shadowKey, type TextCache } from './shadow-key.ts'

/** Fits what was built to the live snapshot; `failed` could not be. */
export type AsLive = (built: Snapshot, failed: readonly FailedStep[]) => Snapshot

export interface ShadowReading {
  readonly after: Snapshot
  readonly failed: readonly FailedStep[]
}

/**
 * What the models make, as `live` would spell it: from the cache where the very same was built before and every text in
 * it is the live one or plainly new, else by building it. Only what could be built completely is kept.
 */
export async function readShadow(
  connection: Connection,
  shadow: Shadow,
  live: Snapshot,
  asLive: AsLive,
  cache: TextCache | undefined,
): Promise<ShadowReading> {
  const spelled = (catalog: string, failed: readonly FailedStep[], isSame: IsSame) => {
    const built = snapshotOf(catalogRows(catalog, shadow.scope))
    return normalise(shadow, live, asLive(built, failed), isSame)
  }
  const key = cache && (await shadowKey(connection, shadow))
  const kept = key && (await cache?.read(key))
  if (kept) {
    let isAnswer = true
    // Only the shadow itself can tell.
    const after = await spelled(kept, [], async () => {
      isAnswer = false
      return false
    })
    if (isAnswer) return { after, failed: [] }
  }
  const failed = await buildShadow(connection, shadow)
  const catalog = await readCatalog(connection, shadow.scope)
  if (key && failed.length === 0) await cache?.write(key, catalog)
  const isSame: IsSame = (probe, a, b) => isSameText(connection, shadow, probe, a, b)
  return { after: await spelled(catalog, failed, isSame), failed }
}

import { readCatalog } from '../changes/drift.ts'
import { hasEmptyBaseline } from '../run/fresh-plan.ts'
import {
  type CatalogObjects,
  compareCatalogs,
  describeDifference,
  readCatalogObjects,
} from '../scratch/catalog-objects.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { buildChainOr } from './check-chain.ts'
import type { Finding } from './finding.ts'

const hint =
  'Undo it, or write it into a revision; what is to stay is accepted by `npx limbeck check --database --write`.'

/**
 * Whether the catalog is as it was when the head was reached: by what was kept of it then, and where nothing was, by what the
 * chain makes of a scratch database.
 */
export async function checkDrift(
  session: Session,
  revisions: Revisions,
): Promise<readonly Finding[]> {
  const { drift } = await readCatalog(session)
  if (drift.is === 'moving')
    return [notChecked('the version rows are not those of the newest history entry')]
  if (drift.is === 'compared') return drift.changes.map(drifted)
  if (await hasEmptyBaseline(revisions))
    return [notChecked('nothing is kept of it, and the first revision builds nothing')]
  const live = await readCatalogObjects(session.connection, session.config)
  const built = await buildChainOr(session.config, revisions)
  return 'code' in built ? [notChecked(built.message)] : differences(session, built.objects, live)
}

/** Schemas and extensions that only the database has are managed elsewhere. */
function differences(
  { config }: Session,
  chain: CatalogObjects,
  live: CatalogObjects,
): readonly Finding[] {
  const { schema, autogenerate } = config
  const mine = new Set([schema, ...(autogenerate.schemas ?? [])])
  const foreign = [...live.keys()].flatMap((label) => {
    const [, name] = /^schema (.*)$/.exec(label) ?? []
    return name !== undefined && !mine.has(name) && !chain.has(label) ? [name] : []
  })
  const isForeign = (label: string) =>
    /^(?:schema|extension) /.test(label) || foreign.some((name) => label.includes(` ${name}.`))
  return compareCatalogs(chain, live)
    .filter(({ object, left }) => left !== undefined || !isForeign(object))
    .map((difference) => drifted(describeDifference(difference, ['the chain', 'the database'])))
}

const drifted = (message: string): Finding => ({ code: 'drift', severity: 'error', message, hint })

const notChecked = (reason: string): Finding => ({
  code: 'drift-not-checked',
  severity: 'skipped',
  message: `the catalog was not compared with what it was at the head: ${reason}`,
  hint: "Keep how it is: `npx limbeck check --database --write`, or boot with drift: 'warn'.",
})

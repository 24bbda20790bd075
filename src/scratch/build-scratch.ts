import type { Config } from '../config/resolve-config.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { ensureTables } from '../database/ensure-tables.ts'
import { readInventory } from '../database/read-inventory.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import type { CompiledStep } from '../run/compile-step.ts'
import { createDatabase } from '../run/create-database.ts'
import { compileSteps, preparedFrom } from '../run/prepare-steps.ts'
import { runSteps } from '../run/run-steps.ts'
import type { Schema } from '../schema/schema.ts'
import { readText } from '../script/read-text.ts'
import { hasCode, type Revisions } from '../script/revisions.ts'
import { type Session, target, underLock, withSession } from '../session/session.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { type CatalogObjects, readCatalogObjects } from './catalog-objects.ts'
import { withScratchDatabase } from './scratch-database.ts'
import { readTableRows, type TableRows } from './table-rows.ts'

type StepEnd = (step: CompiledStep, session: Session) => Promise<void>

type Target = Parameters<typeof planUpgrade>[2]

/** What the chain from base to the heads makes of an empty database. `onStep` may look at the database after each. */
export function buildChain(
  config: Config,
  revisions: Revisions,
  onStep?: StepEnd,
): Promise<CatalogObjects> {
  return inScratch(config, revisions, async (session) => {
    await runChain(session, revisions, { onStep })
    return await readCatalogObjects(session.connection, session.config)
  })
}

async function runChain(
  session: Session,
  revisions: Revisions,
  { onStep, target = 'heads' }: { onStep?: StepEnd | undefined; target?: Target | undefined } = {},
): Promise<void> {
  const { connection, config } = session
  const inventory = await readInventory(connection, config.tables, config.schema)
  await ensureTables(connection, config.tables, config.schema, inventory)
  const steps = await compileSteps(revisions, [], planUpgrade(revisions.map, [], target))
  for (const group of onStep ? steps.map((step) => [step]) : [steps]) {
    await runSteps(session, preparedFrom(group))
    for (const step of group) await onStep?.(step, session)
  }
}

/** Runs `work` in a database that the chain was built in, up to `target`, which is dropped afterwards. Default: the heads. */
export function withBuiltChain<T>(
  config: Config,
  revisions: Revisions,
  work: (session: Session) => Promise<T>,
  target?: Target,
): Promise<T> {
  return inScratch(config, revisions, async (session) => {
    await runChain(session, revisions, { target })
    return await work(session)
  })
}

/** What a scratch database holds once it is built. */
export interface BuiltDatabase {
  readonly objects: CatalogObjects
  readonly rows: ReadonlyMap<string, TableRows>
}

/** Its catalog, and the rows that revisions have put there. */
export async function readBuilt({ connection, config }: Session): Promise<BuiltDatabase> {
  const objects = await readCatalogObjects(connection, config)
  return { objects, rows: await readTableRows(connection, config) }
}

/** What initDb() makes of an empty database: create-all and the revisions marked `fresh: run`. */
export async function buildCreateAll(
  config: Config,
  revisions: Revisions,
  models: Schema,
): Promise<BuiltDatabase> {
  let dropRoles = ''
  try {
    return await inScratch(config, revisions, async (session) => {
      // Roles belong to the whole server, and stay when the scratch database goes.
      dropRoles = await dropMissingRoles(session.connection, models)
      await createDatabase(session, revisions, models)
      return await readBuilt(session)
    })
  } finally {
    const server = { ...target(config), signal: undefined }
    if (dropRoles !== '') await withConnection(server, dropRoles, async () => {})
  }
}

/** What drops the roles that create-all is about to make; '' for none. */
async function dropMissingRoles({ ask }: Connection, { roles }: Schema): Promise<string> {
  const found = await ask<{ name: string }>('SELECT rolname AS name FROM pg_roles')
  const isThere = new Set(found.map(({ name }) => name))
  const missing = roles.filter(({ name }) => !isThere.has(name))
  const names = missing.map(({ name }) => quoteIdentifier(name)).join(', ')
  return names === '' ? '' : `DROP ROLE IF EXISTS ${names}`
}

function inScratch<T>(
  config: Config,
  revisions: Revisions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withScratchDatabase(config, async (scratch) => {
    await installExtensions(config, revisions, scratch)
    // Steps make sure of the lock before each statement, here as in the database that matters.
    const locked = async (session: Session) =>
      (await underLock(session, null, () => work(session))).result
    return await withSession(scratch, locked, { fetchTypes: hasCode(revisions) })
  })
}

/** Extensions that were made in the database beforehand, for the revisions to use; what cannot be made is missed later. */
async function installExtensions(
  config: Config,
  { scripts }: Revisions,
  scratch: Config,
): Promise<void> {
  const found = await withConnection(target(config), 'SELECT 1', ({ ask }) =>
    ask<{ name: string; schema: string }>(
      `SELECT extname AS name, nspname AS schema FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> 'plpgsql'`,
    ),
  )
  const made = await extensionsMade(scripts)
  const statements = found
    .filter(({ name }) => !made.has(name))
    .map(({ name, schema }) => [quoteIdentifier(name), quoteIdentifier(schema)] as const)
    .map(
      ([name, schema]) =>
        `CREATE SCHEMA IF NOT EXISTS ${schema}; CREATE EXTENSION IF NOT EXISTS ${name} SCHEMA ${schema} CASCADE`,
    )
  if (statements.length === 0) return
  await withConnection(target(scratch), 'SELECT 1', async ({ query }) => {
    for (const statement of statements) await query(statement).catch(() => {})
  })
}

const createExtension = /\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)/gi

async function extensionsMade(scripts: Revisions['scripts']): Promise<ReadonlySet<string>> {
  const texts = await Promise.all([...scripts.values()].map(({ file }) => readText(file)))
  return new Set(
    texts.flatMap((text) => [...text.matchAll(createExtension)].map(([, name = '']) => name)),
  )
}

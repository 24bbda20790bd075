import type { Connection } from '../../database/connection.ts'
import { type GivenSetting, giveSettings } from '../../database/given-settings.ts'
import { ownPath } from '../../database/own-path.ts'
import { ownReading, plainSpelling } from '../../database/plain-spelling.ts'
import { codeOf, serverFacts } from '../../database/server-error.ts'
import { textArray } from '../../database/tables.ts'
import { LimbeckError } from '../../errors.ts'
import { createSteps } from '../../schema/create-statements.ts'
import { keyOf } from '../../schema/names.ts'
import type { Schema } from '../../schema/schema.ts'
import { quoteIdentifier } from '../../sql/quote.ts'
import { type Scope, searchPathStatement } from '../catalog/scope.ts'
import { type BuildPlan, buildSteps, type FailedStep } from './build-steps.ts'
import { inShadow, outOfShadow, type ShadowNames } from './shadow-names.ts'

/** The models in schemas that no other session sees: how they are to be built there, and read. */
export interface Shadow extends BuildPlan {
  readonly scope: Scope
  /** SQL: has the statements read as they are where the models belong. */
  readonly reading: string
  /** Roles of the models that the server does not have. */
  readonly missingRoles: readonly string[]
  /** Gives a text of PostgreSQL the live schemas' names back. */
  readonly outOf: (text: string) => string
}

/**
 * Where on `connection` the models can be built; `live` is the scope they are compared with, read on the same
 * connection or in another database, which has `settings`. Nothing is built yet.
 */
export async function planShadow(
  connection: Connection,
  models: Schema,
  live: Scope,
  settings: readonly GivenSetting[] | null,
): Promise<Shadow> {
  const [defaultSchema = ''] = live.path
  const objects = [...models.enums, ...models.sequences, ...models.tables, ...models.views]
  const schemas = [...new Set([defaultSchema, ...objects.flatMap(({ schema }) => schema ?? [])])]
  const server = await readServer(connection, schemas)
  const shadows = shadowSchemas(schemas, new Set(server.schemas), settings !== null)
  const names: ShadowNames = {
    defaultSchema,
    schemas: shadows,
    objects: new Set(objects.map(keyOf)),
  }
  const quoted = (schema: string) => server.quoted[schema] ?? schema
  const scope: Scope = {
    ...shadowScope(live, shadows),
    // The answers are JSON, where a quote is escaped.
    respell: outOfShadow(names, (schema) => JSON.stringify(quoted(schema)).slice(1, -1)),
  }
  const roles = models.roles.filter(({ name }) => !server.roles.includes(name))
  const missing = { ...models, roles }
  return {
    models: missing,
    names,
    scope,
    reading: settings?.length ? giveSettings(settings) : ownReading,
    steps: createSteps(inShadow(missing, names)),
    missingRoles: roles.map(({ name }) => name),
    outOf: outOfShadow(names, quoted),
  }
}

/**
 * Builds the models in the transaction that is open on the shadow's connection. Returns what the server could not
 * build. Throws LIMBECK_PERMISSION_DENIED.
 */
export async function buildShadow(
  connection: Connection,
  shadow: Shadow,
): Promise<readonly FailedStep[]> {
  const { scope, outOf, reading } = shadow
  await createSchemas(connection, scope)
  await connection.query([ownPath, reading, searchPathStatement(scope)].join(';\n'))
  const failed = await buildSteps(connection, shadow)
  await connection.query(plainSpelling)
  return failed.map((step) => ({ ...step, reason: outOf(step.reason) }))
}

/** Each schema's shadow is looked into right before the schema itself, and goes by its name. */
function shadowScope(live: Scope, shadows: ReadonlyMap<string, string>): Omit<Scope, 'respell'> {
  const named = [...shadows].map(
    ([schema, shadow]) => [shadow, live.names.has(schema) ? undefined : schema] as const,
  )
  return {
    path: live.path.flatMap((schema) => [...new Set([shadows.get(schema) ?? schema, schema])]),
    schemas: [...shadows.values()],
    names: new Map([...live.names, ...named]),
    tables: { ...live.tables, schema: shadows.get(live.tables.schema) ?? live.tables.schema },
  }
}

interface Server {
  readonly schemas: readonly string[]
  readonly roles: readonly string[]
  /** The names asked for, quoted where PostgreSQL does. */
  readonly quoted: Readonly<Record<string, string>>
}

async function readServer(connection: Connection, schemas: readonly string[]): Promise<Server> {
  const [row] = await connection.ask<{ server: Server }>(`
SELECT json_build_object('schemas', (SELECT json_agg(nspname) FROM pg_namespace), 'roles', (SELECT json_agg(rolname) FROM pg_roles),
  'quoted', (SELECT json_object_agg(s, quote_ident(s)) FROM unnest(${textArray(schemas)}) s)) AS server`)
  if (!row) throw new TypeError('a SELECT without FROM gives one row')
  return row.server
}

/** Names that need no quotes and are free. In a scratch database a free name stays what it is. */
function shadowSchemas(
  schemas: readonly string[],
  taken: ReadonlySet<string>,
  isScratch: boolean,
): ReadonlyMap<string, string> {
  let number = 0
  const next = (): string => {
    number += 1
    const name = `limbeck_shadow_${number}`
    return taken.has(name) ? next() : name
  }
  return new Map(
    schemas.map((schema) => [schema, isScratch && !taken.has(schema) ? schema : next()]),
  )
}

async function createSchemas(connection: Connection, { schemas }: Scope): Promise<void> {
  const statements = schemas.map((schema) => `CREATE SCHEMA ${quoteIdentifier(schema)}`)
  try {
    await connection.query(statements.join(';\n'))
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    const [row] = await connection
      .query('ROLLBACK')
      .then(() => connection.ask<{ grant: string }>(grantQuery))
    throw new LimbeckError(
      'LIMBECK_PERMISSION_DENIED',
      `the models cannot be built for comparison: ${(error as Error).message}`,
      {
        ...serverFacts(error),
        hint: `Grant it: ${row?.grant}; or give a scratch database to build them in (autogenerate.shadowUrl).`,
      },
    )
  }
}

const grantQuery = `SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS grant`

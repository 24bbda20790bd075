import type { Connection } from '../../src/database/connection.ts'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { readCatalog } from '../support/catalog.ts'
import type { Case, Drizzle, Models } from './case.ts'

/** The models as the engine reads them; `casing` is for 0.45, with 1.0 they say it themselves. */
export function schemaOf(models: Models, { casing }: Case, { version }: Drizzle): Schema {
  return schemaFromModels(models, casing && version === '0.45' ? { casing } : {})
}

/** One message; what fails says what was sent. */
export async function send(connection: Connection, statement: string): Promise<void> {
  try {
    await connection.query(statement)
  } catch (error) {
    await connection.query('ROLLBACK')
    throw new Error(`${error instanceof Error ? error.message : error}\n${statement}`)
  }
}

/** Builds the models in an empty database. */
export async function createAll(connection: Connection, models: Schema): Promise<void> {
  const statements = createStatements(models)
  if (statements.length > 0) await send(connection, statements.join(';\n'))
}

/** Empties the database for the next case. */
export async function empty(connection: Connection): Promise<void> {
  await connection.query(`DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    CREATE SCHEMA public; END $$`)
}

/**
 * The catalog as two equal schemas share it: without the order of columns, which PostgreSQL cannot change, and without
 * the names of not-null constraints, which only PostgreSQL 18 has and no model can say.
 */
export async function readFacts(connection: Connection): Promise<readonly string[]> {
  const facts = await readCatalog({ query: connection.query as never })
  return facts
    .filter(
      (fact) => !/^constraint .* NOT NULL .* validated/.test(fact) && !fact.includes('limbeck_'),
    )
    .map((fact) => fact.replace(/ position \d+$/, ''))
    .toSorted()
}

/** Where PostgreSQL spells an expression anew each time it is built: the text without casts, brackets and spaces. */
export function unspelled(fact: string): string {
  return fact.replace(/::(character varying|text)(\[\])?|[()\s]/g, '')
}

import { compareWithDatabase } from '../../src/autogenerate/compare-with-database.ts'
import type { Connection } from '../../src/database/connection.ts'
import type { Operation } from '../../src/schema/operation.ts'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { type Spelling, spellingOf } from '../../src/schema/spelling.ts'
import { type Stage, stageOperations, stages } from '../../src/schema/stages.ts'
import { typeChange } from '../../src/schema/type-change.ts'
import { quoteIdentifier } from '../../src/sql/quote.ts'
import { send } from './database.ts'

/** Limbeck's own, which no comparison looks at. */
export const tables = { schema: 'public', version: 'limbeck_version' }

/** A body of one revision. */
export interface Body {
  readonly kind: Stage['kind']
  readonly statements: readonly string[]
}

/** Bodies in the order to run, both ways. */
export interface Change {
  readonly upgrade: readonly Body[]
  readonly downgrade: readonly Body[]
}

/** Compares a database with models and words the change, without writing anything. */
export async function autogenerate(
  connection: Connection,
  models: Schema,
  schemas: readonly string[] = [],
): Promise<Change & { readonly warnings: readonly string[] }> {
  const { before, after, warnings } = await compareWithDatabase(connection, models, {
    schema: 'public',
    schemas,
    isCompared: () => true,
    renames: [],
    tables,
  })
  return {
    ...changeOf(before, after, spellingOf(models)),
    warnings: warnings.map(({ message }) => message),
  }
}

/** The way from one state of a database to another and back; without a spelling in PostgreSQL's own words. */
export function changeOf(before: Snapshot, after: Snapshot, spelling?: Spelling): Change {
  const found = stages(before, after)
  const body = (stage: Stage, direction: 'upgrade' | 'downgrade', words?: Spelling): Body => ({
    kind: stage.kind,
    statements: stageOperations(stage, direction)
      .map(throughText)
      .flatMap((operation) =>
        operationStatements(operation, {
          online: stage.kind === 'online',
          ...(words ? { spelling: words } : {}),
        }),
      ),
  })
  return {
    upgrade: found.map((stage) => body(stage, 'upgrade', spelling)),
    downgrade: found.toReversed().map((stage) => body(stage, 'downgrade')),
  }
}

/** Where only somebody could say how values get from one type to the other: by their text, as the answer would be. */
function throughText(operation: Operation): Operation {
  if (operation.kind !== 'alter column') return operation
  const { before, after } = operation
  if (typeChange(before, after)?.how !== 'unknown') return operation
  return { ...operation, using: `${quoteIdentifier(after.name)}::text::${after.type}` }
}

/** Runs the bodies as the runner would: in one transaction each, or statement by statement. */
export async function run(connection: Connection, bodies: readonly Body[]): Promise<void> {
  for (const { kind, statements } of bodies) {
    if (kind === 'online') for (const statement of statements) await send(connection, statement)
    else await send(connection, ['BEGIN', ...statements, 'COMMIT'].join(';\n'))
  }
}

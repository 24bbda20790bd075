import type { Config } from '../../config/resolve-config.ts'
import { historyStatement } from '../../database/history-table.ts'
import { changeRowsStatement } from '../../database/version-table.ts'
import { rowChanges } from '../../revision/row-changes.ts'
import { createStatements } from '../../schema/create-statements.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Revisions } from '../../script/revisions.ts'
import { entriesFor } from '../create-database.ts'
import { ensureLedger, ledgerStatements } from '../ledger-statements.ts'
import { createSchemaBlock } from './guard-blocks.ts'
import { offlineCreateScript } from './script.ts'
import { bodyStatements, offlineAuthor } from './step.ts'

/** What createDatabase() does, as a script for psql. Throws LIMBECK_OFFLINE for a `fresh: run` revision that reads. */
export async function offlineCreate(
  config: Config,
  revisions: Revisions,
  models: Schema,
): Promise<string> {
  const { map } = revisions
  const { lines, fresh } = await entriesFor(revisions)
  const heads = map.effectiveHeads.toSorted()
  const bodies: Record<'before' | 'run', string[]> = { before: [], run: [] }
  for (const step of fresh)
    bodies[step.script.fresh === 'before' ? 'before' : 'run'].push(
      ...(await bodyStatements(config, step)).map(({ sql }) => sql),
    )
  return offlineCreateScript(config, heads, [
    ...bodies.before,
    ...models.schemas.map(createSchemaBlock),
    ...createStatements({ ...models, schemas: [] }),
    ...bodies.run,
    changeRowsStatement(config.tables, rowChanges([], heads)),
    historyStatement(config.tables, lines, offlineAuthor(config)),
    ...ensureLedger(config, revisions, []),
    ...ledgerStatements(config, 'known', revisions, revisions.scripts.keys()),
  ])
}

import type { ProgressRecord } from '../database/progress-table.ts'
import { LimbeckError } from '../errors.ts'
import type { Move } from '../revision/apply-step.ts'
import type { NewHistoryEntry } from '../revision/history-entry.ts'
import type { Step } from '../revision/revision.ts'
import { inOnePiece, readSqlBodies } from '../script/bodies.ts'
import { displayPath } from '../script/display-path.ts'
import { hashRevision } from '../script/hash.ts'
import type { LedgerEntry } from '../script/ledger-entry.ts'
import { readText } from '../script/read-text.ts'
import type { RevisionBody } from '../script/revision-module.ts'
import type { Script, Statement } from '../script/script.ts'
import type { Split } from '../script/split.ts'
import type { RevisionContext } from './context/revision-context.ts'

/** A move with everything that running it needs: read once, before the first statement is sent. */
export interface CompiledStep {
  readonly script: Script
  readonly move: Move<Step>
  readonly body: Body
  readonly history: NewHistoryEntry
  /** What another tool's ledger knew before it. */
  readonly previous: LedgerEntry | null
}

/** What a step runs: statements, or a `.ts` revision's function (none for an absent downgrade). */
export type Body =
  | { readonly kind: 'sql'; readonly statements: readonly Statement[] }
  | { readonly kind: 'code'; readonly run: RevisionBody<RevisionContext> }

/**
 * Reads the bodies of one step. Throws LIMBECK_IRREVERSIBLE for the downgrade of an irreversible revision, and what
 * readSqlBodies() and loadRevision() throw.
 */
export async function compileStep(
  script: Script,
  move: Move<Step>,
  split?: Split,
): Promise<CompiledStep> {
  const { direction } = move.step
  if (direction === 'downgrade' && script.irreversible !== null) throw irreversible(script)
  const read =
    script.kind === 'sql' ? await compileSql(script, move, split) : await compileCode(script, move)
  const history: NewHistoryEntry = {
    ...facts(script, read),
    direction,
    rowsBefore: move.before.toSorted(),
    rowsAfter: move.rows.toSorted(),
  }
  return { script, move, body: read.body, history, previous: null }
}

/** What the progress of a step that commits bit by bit keeps for builds without its file. */
export function recordOfStep({ history }: CompiledStep): ProgressRecord {
  const { compatible, downgradeSql, rowsBefore } = history
  return { compatible, downgradeSql, rowsBefore }
}

/** How long the text of the step is: what it takes in memory, roughly. */
export function charactersOf({ body, history }: CompiledStep): number {
  const statements = body.kind === 'sql' ? body.statements : []
  const text = statements.reduce((sum, { sql }) => sum + sql.length, 0)
  return text + (history.downgradeSql?.length ?? 0)
}

/** What the history keeps of a revision, whichever way it came to count as applied. */
export type RevisionRecord = Omit<NewHistoryEntry, 'direction' | 'rowsBefore' | 'rowsAfter'>

/** Reads it from the file. Nothing of it is to run, so that its statements need not be told apart. */
export async function recordOf(script: Script): Promise<RevisionRecord> {
  if (script.kind === 'sql') return facts(script, await readSqlBodies(script, inOnePiece))
  return facts(script, {
    hash: hashRevision('ts', await readText(script.file)),
    downgradeSql: null,
  })
}

function facts(
  script: Script,
  { hash, downgradeSql }: { readonly hash: string; readonly downgradeSql: string | null },
): RevisionRecord {
  const { id: revision, transactional, compatible, irreversible } = script
  // An empty downgrade is a merge's; an irreversible revision has none.
  const undo = irreversible === null ? downgradeSql : null
  return { revision, hash, downgradeSql: undo, transactional, compatible }
}

async function compileSql(script: Script, { step }: Move<Step>, split?: Split) {
  const { upgrade, downgrade, downgradeSql, hash } = await readSqlBodies(script, split)
  const statements = step.direction === 'upgrade' ? upgrade : downgrade
  return { body: { kind: 'sql', statements } as const, hash, downgradeSql }
}

async function compileCode(script: Script, { step }: Move<Step>) {
  const { loadRevision } = await import('../script/load.ts')
  const revision = await loadRevision<RevisionContext>(script)
  const run = revision[step.direction] ?? (() => {})
  const hash = hashRevision('ts', await readText(script.file))
  return { body: { kind: 'code', run } as const, hash, downgradeSql: null }
}

function irreversible(script: Script): LimbeckError {
  return new LimbeckError(
    'LIMBECK_IRREVERSIBLE',
    `revision ${script.id} cannot be downgraded: ${script.irreversible}`,
    {
      revision: script.id,
      file: displayPath(script.file),
      hint: 'Restore a backup, or write a new revision.',
    },
  )
}

import type { NewestEntry } from '../database/read-history.ts'
import { LimbeckError } from '../errors.ts'
import { ledgerName } from '../ledger/ledger-table.ts'
import { type Proof, prove } from '../ledger/prove.ts'
import { type Ledger, readLedger } from '../ledger/read-ledger.ts'
import type { RevisionMap } from '../revision/revision-map.ts'
import { ancestorsOrSelf } from '../revision/traverse.ts'
import { readText } from '../script/read-text.ts'
import type { Revisions } from '../script/revisions.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { DatabaseState, Recorded } from './classify.ts'
import { homeMadeState } from './home-made-state.ts'
import type { Session } from './session.ts'
import { refuseUnrecorded } from './unrecorded.ts'

/** What is known beside the state. */
interface Known {
  readonly rows: readonly string[]
  readonly records: ReadonlyMap<string, NewestEntry>
  /** A person has said that nothing has run: what the ledger cannot prove is settled by it. */
  readonly isStampedBase: boolean
}

/**
 * What the ledger adds to a state that was told without it; null when it adds nothing. Throws LIMBECK_LEDGER_UNPROVEN when it
 * has rows that do not prove one revision, or when a migration was put before one that has run.
 */
export async function recordedState(
  session: Session,
  revisions: Revisions,
  state: DatabaseState,
  { rows, records, isStampedBase }: Known,
): Promise<Recorded | null> {
  const { connection, config } = session
  if (state.is === 'current' || state.is === 'behind')
    await refuseUnrecorded(session, revisions, rows, records)
  if (state.is !== 'fresh' && state.is !== 'legacy' && state.is !== 'behind') return null
  const homeMade = state.is === 'legacy' ? await homeMadeState(session, revisions) : null
  if (homeMade !== null) return homeMade
  const ledger = await readLedger(connection, config, revisions)
  if (ledger === null || ledger.rows.length === 0) return null
  const proof = prove(revisions, ledger.location.tool, ledger.rows)
  const all = isStampedBase ? [...revisions.map.nodes.keys()] : null
  const said = state.is === 'behind' ? state.pending : all
  if (said !== null && !tellsMore(proof, said)) return null
  if (proof.revision === null || proof.problems.length > 0) throw unproven(ledger, proof)
  if (
    state.is === 'fresh' &&
    !(await connection.ask(anyTable(ledger.location))).length &&
    (await makesTable(revisions, proof.revision))
  )
    throw withoutTables(ledger, proof.revision)
  const { tool } = ledger.location
  const to = maximal(revisions.map, [...rows, proof.revision])
  return { is: 'recorded', ledger: `${tool}'s ledger ${ledgerName(ledger.location)}`, to }
}

/** Whether something that is pending by the version rows has run by the ledger's. */
function tellsMore({ findings }: Proof, pending: readonly string[]): boolean {
  return findings.some(
    ({ status, revision }) =>
      /^(applied|edited|ran twice)$/.test(status) &&
      revision !== null &&
      pending.includes(revision),
  )
}

/** The rows without those that others imply, sorted. */
function maximal(map: RevisionMap, rows: readonly string[]): readonly string[] {
  const each = [...new Set(rows)]
  const isImplied = (row: string) =>
    each.some((other) => other !== row && ancestorsOrSelf(map, [other]).has(row))
  return each.filter((row) => !isImplied(row)).toSorted()
}

/** A table beside the ledger in any schema: the target schema may not be where the service keeps them. */
const anyTable = ({ schema, table }: Ledger['location']) =>
  `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'
      AND NOT (n.nspname = ${quoteLiteral(schema)} AND c.relname IN (${quoteLiteral(table)}, 'current'))
      AND n.nspname NOT LIKE 'pg\\_%' AND c.relname NOT LIKE 'limbeck\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    LIMIT 1`

/** Whether any of what has run by then makes a table: a history may begin with schemas, functions and extensions. */
async function makesTable({ map, scripts }: Revisions, revision: string): Promise<boolean> {
  for (const id of ancestorsOrSelf(map, [revision])) {
    const script = scripts.get(id)
    if (script && /\bCREATE\s+TABLE\b/i.test(await readText(script.file))) return true
  }
  return false
}

function unproven({ location }: Ledger, { problems, findings }: Proof): LimbeckError {
  const [first] = problems
  const count = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`
  const what = first
    ? `${first.status}: ${first.name}${count}. ${first.fact}`
    : `none of its ${findings.length} rows fits a file`
  return new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `${location.tool}'s ledger ${ledgerName(location)} does not prove where the database is: ${what} Nothing was changed.`,
    {
      ...(first?.revision ? { revision: first.revision } : {}),
      ...(first?.file ? { file: first.file } : {}),
      revisions: problems.flatMap(({ revision }) => revision ?? []),
      hint: '`npx limbeck doctor` names every migration and what to type.',
    },
  )
}

function withoutTables({ location }: Ledger, revision: string): LimbeckError {
  return new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `${location.tool}'s ledger ${ledgerName(location)} says that the database is at ${revision}, but it has no table. Nothing was changed.`,
    {
      revision,
      hint: `If the tables were dropped on purpose, empty the ledger too: DELETE FROM ${ledgerName(location)}.`,
    },
  )
}

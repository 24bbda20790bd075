import { planUpgrade } from '../revision/plan-upgrade.ts'
import { appliedSet } from '../revision/rows.ts'
import { isBaseline, type LedgerEntry } from '../script/ledger-entry.ts'
import type { Revisions } from '../script/revisions.ts'
import type { LedgerFinding } from './finding.ts'
import { type KnownScript, type LedgerRow, type Match, matchRows } from './match-rows.ts'
import {
  editedFinding,
  failedFinding,
  openFinding,
  orphanFinding,
  unrecordedFinding,
} from './word-findings.ts'

/** The revisions, and the order that they have in the graph. */
type Graph = Pick<Revisions, 'scripts' | 'map'>

/** What a ledger proves of a database, by the revision files at hand. */
export interface Proof {
  /** The revision that the database is at, with all that comes before it; null when no row is of any use. */
  readonly revision: string | null
  /** One for each migration in the order of the graph, then one for each row without a file. */
  readonly findings: readonly LedgerFinding[]
  /** Those that forbid to take the ledger's word. */
  readonly problems: readonly LedgerFinding[]
}

/** The revisions that the tool's ledger can know, parents first. */
export function ledgerScripts(
  { scripts, map }: Graph,
  tool: LedgerEntry['tool'],
): readonly KnownScript[] {
  return planUpgrade(map, [], 'heads')
    .map(({ revision }) => scripts.get(revision))
    .filter((script): script is KnownScript => script?.ledger?.tool === tool)
}

/** Weighs rows against files. Nothing is read and nothing guessed: one doubt, and `problems` names it. */
export function prove(chain: Graph, tool: LedgerEntry['tool'], rows: readonly LedgerRow[]): Proof {
  const known = ledgerScripts(chain, tool)
  const { matches, orphans } = matchRows(known, rows)
  const hasBaseline = known.some(({ ledger }) => isBaseline(ledger))
  const ran = ({ id }: KnownScript) =>
    matches.get(id)?.some(({ row }) => row.state !== 'failed') ?? false
  const last = known.findLastIndex(ran)
  const revision = known[last]?.id ?? null
  // drizzle 1.0, which keeps names, runs whatever has no row.
  const byTime = tool === 'drizzle' && rows.every(({ name }) => name === null)
  const recorded = byTime ? [...matches.values()].flat() : []
  // A build that had what comes behind the first migration still to run would have run that one: nothing there was passed over.
  const next = known.findIndex(
    (script, index) => index > last && overtakes(script, recorded) === undefined,
  )
  const findings = [
    ...known.map((script, index) => {
      const overtaker = next === -1 || index < next ? overtakes(script, recorded) : undefined
      return judge(script, { tool, matches, overtaker, isLast: index > last, revision, byTime })
    }),
    ...notInLedger(chain, tool, revision),
    ...orphans.map((row) => {
      if (row.state === 'open') return openFinding(tool, row)
      if (row.state === 'failed') return failedFinding(tool, row, undefined, revision)
      return orphanFinding(tool, row, { revision, hasBaseline })
    }),
  ]
  const harmless = new Set(['applied', 'pending', 'ran twice'])
  return { revision, findings, problems: findings.filter(({ status }) => !harmless.has(status)) }
}

interface Weighed {
  readonly tool: LedgerEntry['tool']
  readonly matches: ReadonlyMap<string, readonly Match[]>
  /** The row because of which drizzle has not run it. */
  readonly overtaker: Match | undefined
  /** Nothing behind it is recorded. */
  readonly isLast: boolean
  readonly revision: string | null
  /** The tool runs only what is later than the newest row. */
  readonly byTime: boolean
}

const nothingWrong = { fact: null, hint: null } as const

function judge(script: KnownScript, weighed: Weighed): LedgerFinding {
  const { tool, matches, overtaker, isLast, revision, byTime } = weighed
  const plain = { name: script.ledger.name, revision: script.id, file: script.file }
  const found = matches.get(script.id) ?? []
  const [match] = found
  if (match === undefined) {
    if (isLast && overtaker === undefined) return { ...plain, status: 'pending', ...nothingWrong }
    return unrecordedFinding(script, { overtaker, isLast, revision, byTime })
  }
  const failed = found.find(({ row }) => row.state === 'failed')
  if (failed) return failedFinding(tool, failed.row, script, revision)
  if (match.isEdited) return editedFinding(script, match.row, revision)
  if (found.length === 1) return { ...plain, status: 'applied', ...nothingWrong }
  const fact = `The ledger has ${found.length} rows of it: it ran more than once, or was recorded by hand.`
  const hint = 'Look for rows that it inserted or changed twice; its tables are as after one run.'
  return { ...plain, status: 'ran twice', fact, hint }
}

/** drizzle 0.x runs only what is later than the newest row: this one is why `script` was never run. */
function overtakes(
  { ledger: { when } }: KnownScript,
  recorded: readonly Match[],
): Match | undefined {
  return recorded.find(({ row }) => when !== null && row.when !== null && row.when >= when)
}

/** Revisions of Limbeck's own that the proven one builds upon, of which no ledger says that they ran. */
function notInLedger(
  { scripts, map }: Graph,
  tool: LedgerEntry['tool'],
  revision: string | null,
): readonly LedgerFinding[] {
  if (revision === null) return []
  return [...appliedSet(map, [revision])].flatMap((id) => {
    const script = scripts.get(id)
    if (script === undefined || script.ledger?.tool === tool) return []
    return {
      status: 'not in the ledger' as const,
      name: script.message || id,
      revision: id,
      file: script.file,
      fact: `It stands before ${scripts.get(revision)?.ledger?.name}, and the ledger cannot say whether it ran.`,
      hint: `If the database has it: \`npx limbeck stamp ${revision}\`.`,
    }
  })
}

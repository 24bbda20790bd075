import { isCodeTool, type LedgerTool } from '../script/ledger-entry.ts'
import type { LedgerFinding } from './finding.ts'
import type { KnownScript, LedgerRow, Match } from './match-rows.ts'

const of = (script: KnownScript) => ({
  name: script.ledger.name,
  revision: script.id,
  file: script.file,
})

/** What is known of a migration without a row. */
export interface Unrecorded {
  /** The one whose time forbids drizzle 0.x to run it. */
  readonly overtaker: Match | undefined
  /** Nothing behind it is recorded. */
  readonly isLast: boolean
  readonly revision: string | null
  readonly byTime: boolean
}

/** A migration that has no row although a later one has, or that drizzle will never run. */
export function unrecordedFinding(
  script: KnownScript,
  { overtaker, isLast, revision, byTime }: Unrecorded,
): LedgerFinding {
  const accept = `If the database has it all the same: \`npx limbeck stamp ${isLast ? script.id : revision}\`.`
  const again = byTime ? '' : ' (the old build, or `drizzle-kit migrate`, runs it too)'
  const run = isLast
    ? `If it never ran: \`npx limbeck stamp ${revision}\`, then \`npx limbeck upgrade\` runs it.`
    : `If it never ran, run its statements first${again}.`
  if (overtaker === undefined)
    return {
      ...of(script),
      status: 'not recorded',
      fact: 'Later migrations are recorded and this one is not: it did not run, or its row was removed.',
      hint: `${run} ${accept}`,
    }
  const other = `${overtaker.script.ledger.name} (${overtaker.row.when})`
  return {
    ...of(script),
    status: 'skipped',
    fact: `It has no row, and drizzle never runs it: its time (${script.ledger.when}) is not after that of ${other}, which is recorded.`,
    hint: `${run} ${accept}`,
  }
}

/** A migration whose file is not what ran. */
export function editedFinding(
  script: KnownScript,
  { hash }: LedgerRow,
  revision: string | null,
): LedgerFinding {
  return {
    ...of(script),
    status: 'edited',
    fact: `The ledger has the hash ${hash?.slice(0, 12)}…, the file has ${script.ledger.hashes[0]?.slice(0, 12)}…: it was edited after it ran.`,
    hint: `Restore the file, for example from git; if the edit changes nothing that ran: \`npx limbeck stamp ${revision}\`.`,
  }
}

/** A row for which there is no file. */
export function orphanFinding(
  tool: LedgerTool,
  { name, hash, when }: LedgerRow,
  revision: string | null,
): LedgerFinding {
  const called = name ?? hash?.slice(0, 12) ?? String(when)
  return {
    name: called,
    revision: null,
    file: null,
    status: 'no file',
    fact: `A row of ${tool}'s ledger (${[name, hash && `hash ${hash.slice(0, 12)}…`, when !== null && `time ${when}`].filter(Boolean).join(', ')}) fits no file: it was removed, or belongs to another branch or service.`,
    hint: isCodeTool(tool)
      ? `A baseline stands for the newest migration of ${tool} when it was written: bring the database there with ${tool} first, or write another baseline.`
      : revision === null
        ? 'Check that `migrations` names the folder that this database was migrated with.'
        : `Restore the file; if the database does not have what it did: \`npx limbeck stamp ${revision}\`.`,
  }
}

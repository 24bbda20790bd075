import { isBaseline, type LedgerTool } from '../script/ledger-entry.ts'
import type { LedgerFinding } from './finding.ts'
import type { KnownScript, LedgerRow, Match } from './match-rows.ts'

/** What of a tool runs a migration that is older than the newest one it has run. */
const catchUp: Readonly<Partial<Record<LedgerTool, string>>> = {
  drizzle: 'the old build, or `drizzle-kit migrate`,',
  prisma: '`npx prisma migrate deploy`',
  'node-pg-migrate': '`npx node-pg-migrate up --no-check-order`',
  dbmate: '`npx dbmate up`',
  goose: '`goose up -allow-missing`',
  flyway: '`flyway migrate -outOfOrder=true`',
}

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
  const runs = byTime ? undefined : catchUp[script.ledger.tool]
  const again = runs === undefined ? '' : ` (${runs} does, too)`
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
  const { tool } = script.ledger
  if (isBaseline(script.ledger))
    return {
      ...of(script),
      status: 'not recorded',
      fact: `It is the newest, but what ${tool} ran before it is not what the baseline was written after: a migration is missing here, or has another name.`,
      hint: `Compare the names in the ledgers of both databases, and let ${tool} run what is missing; if the tables are equal without it: \`npx limbeck stamp ${revision}\`.`,
    }
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
  { revision, hasBaseline }: { readonly revision: string | null; readonly hasBaseline: boolean },
): LedgerFinding {
  const called = name ?? hash?.slice(0, 12) ?? String(when)
  return {
    name: called,
    revision: null,
    file: null,
    status: 'no file',
    fact: `A row of ${tool}'s ledger (${[name, hash && `hash ${hash.slice(0, 12)}…`, when !== null && `time ${when}`].filter(Boolean).join(', ')}) fits no file: it was removed, or belongs to another branch or service.`,
    hint: hasBaseline
      ? `A baseline stands for the newest migration of ${tool} when it was written: bring the database there with ${tool} first, or write another baseline.`
      : fileHint(revision),
  }
}

const fileHint = (revision: string | null): string =>
  revision === null
    ? 'Check that `migrations` names the folder that this database was migrated with.'
    : `Restore the file; if the database does not have what it did: \`npx limbeck stamp ${revision}\`.`

/** How a tool records that a migration did not end well, and what its user types once that is settled. */
const failures: Readonly<
  Partial<Record<LedgerTool, { readonly fact: string; settle(name: string): string }>>
> = {
  prisma: {
    fact: 'Prisma began it and has not finished it.',
    settle: (name) => `npx prisma migrate resolve --applied ${name}\` or \`--rolled-back ${name}`,
  },
  'golang-migrate': {
    fact: 'golang-migrate began it, or the downgrade to it, and has not finished: the version is dirty.',
    settle: (name) => `migrate force ${name}`,
  },
  flyway: {
    fact: 'Flyway records that it failed.',
    settle: () => 'flyway repair',
  },
}

/** A migration that was begun; of how much of it is there the ledger says nothing. */
export function failedFinding(
  tool: LedgerTool,
  { name }: LedgerRow,
  script: KnownScript | undefined,
  revision: string | null,
): LedgerFinding {
  const { fact, settle } = failures[tool] ?? { fact: 'It did not end well.', settle: () => tool }
  const called = name ?? ''
  const all = `all of it: \`npx limbeck stamp ${script?.id}\``
  const none = `nothing: \`npx limbeck stamp ${script === undefined ? (revision ?? 'base') : (script.parents[0] ?? 'base')}\`, then \`npx limbeck upgrade\``
  return {
    ...(script === undefined ? { name: called, revision: null, file: null } : of(script)),
    status: 'failed',
    fact: `${fact} The database may have a part of it.`,
    hint: `Look how much of it the database has. ${script === undefined ? '' : `If ${all}. `}If ${none}. For ${tool} itself: \`${settle(called)}\`.`,
  }
}

/** The row by which a tool says that its ledger does not tell all. */
export function openFinding(tool: LedgerTool, { name }: LedgerRow): LedgerFinding {
  const row = { name: name ?? '', revision: null, file: null }
  if (tool === 'graphile-migrate')
    return {
      ...row,
      name: 'current.sql',
      status: 'uncommitted',
      fact: 'It has run here and is not committed: the database has more than its ledger says.',
      hint: 'Commit and import it, `npx graphile-migrate commit`; or empty the file, make the database again, and run `npx graphile-migrate migrate`.',
    }
  return {
    ...row,
    status: 'locked',
    fact: `${tool} is migrating this database, or was interrupted: what it has recorded may not be all.`,
    hint: `Wait until it is done; if no ${tool} is running: \`npx ${tool} migrate:unlock\`.`,
  }
}

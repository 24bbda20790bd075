import { LimbeckError } from '../errors.ts'
import type { HistoryEntry } from '../revision/history-entry.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { ownTables, refuseHidden, refuseStrangers, sentry, strangersIn } from './own-tables.ts'
import { codeOf, isMissing, isServerError, serverFacts } from './server-error.ts'
import { historyName, progressName, recordKey, type Tables, versionName } from './tables.ts'

/** A non-transactional step that was interrupted. */
export interface Interrupted {
  readonly revision: string
  readonly direction: string
  /** As its file says, which may not be here; absent where an older version of Limbeck began the step. */
  readonly compatible?: boolean | null
}

/** What one query tells: enough to know that there is nothing to do. */
export interface VersionState {
  /** The backend that answered; another than announced means a pooler stands between. */
  readonly pid: number
  /** Version rows, sorted; null when Limbeck's tables are not all there. */
  readonly rows: readonly string[] | null
  readonly interrupted: Interrupted | null
  /** The newest history entry is a stamp of base: a person has said so. */
  readonly isStampedBase: boolean
  /** Fingerprint of the revision files that the rows were the head of when they were written, or null. */
  readonly headOf: string | null
  /** What the newest history entries say has run, newest first, one a revision. */
  readonly recent: readonly RecentRevision[]
}

/** Where Limbeck has no tables, or no database is asked. */
export const noVersionState: VersionState = {
  pid: 0,
  rows: null,
  interrupted: null,
  isStampedBase: false,
  headOf: null,
  recent: [],
}

/** A revision that counts as applied, and the file that it was. */
export interface RecentRevision {
  readonly revision: string
  readonly hash: string
}

interface VersionAnswer {
  readonly pid: number
  readonly rows: readonly string[]
  readonly interrupted: Interrupted | null
  /** Row security decides which of the rows this role sees. */
  readonly isHidden: boolean
  /** History entries, newest first. */
  readonly entries: readonly AskedEntry[] | null
}

/** What the one query asks of an entry. */
type AskedEntry = Pick<HistoryEntry, 'rowsAfter' | 'direction' | 'revision' | 'hash'> & {
  readonly headOf: string | null
}

/** How many of them a boot compares with their files: what is edited after it has run is mostly new. */
const recentEntries = 10

/**
 * The one query of a boot at head, behind the look at whose the tables are. A column that a table lacks (an older
 * version's) is found in the outer query instead.
 */
export function versionStateQuery(tables: Tables): string {
  return `${sentry(ownTables(tables))}; SELECT pg_backend_pid() AS pid,
  coalesce((SELECT json_agg(version_num) FROM ${versionName(tables)}), '[]') AS rows,
  (SELECT json_build_object('revision', revision, 'direction', direction, 'compatible', cursors -> ${quoteLiteral(recordKey)} -> 'compatible')
     FROM ${progressName(tables)} WHERE version_table = ${quoteLiteral(tables.version)}) AS interrupted,
  (SELECT json_agg(entry) FROM (SELECT json_build_object('rowsAfter', rows_after, 'headOf', head_of, 'direction', direction,
       'revision', revision, 'hash', hash) AS entry
     FROM ${historyName(tables)} WHERE version_table = ${quoteLiteral(tables.version)} ORDER BY id DESC LIMIT ${recentEntries}) AS newest) AS entries,
  row_security_active(${quoteLiteral(versionName(tables))}) AS "isHidden"
FROM (SELECT NULL::bigint AS id, NULL::text AS version_table, NULL::text AS revision, NULL::text AS direction,
  NULL::text[] AS rows_after, NULL::text AS head_of, NULL::text AS hash, NULL::jsonb AS cursors) AS absent`
}

/**
 * Reads the answer of `versionStateQuery`: missing tables or a missing schema are a state, not an error.
 * Throws LIMBECK_PERMISSION_DENIED when this role may not read them.
 */
export function parseVersionState(answer: readonly Row[] | Error, tables: Tables): VersionState {
  if (answer instanceof Error) {
    refuseStrangers(tables, strangersIn(answer), [])
    if (isMissing(answer)) return noVersionState
    throw denied(answer)
  }
  const [row] = answer as unknown as readonly VersionAnswer[]
  const rows = (row?.rows ?? []).toSorted()
  if (row?.isHidden) refuseHidden(tables, rows)
  // Rows that another tool has moved since are not what the history speaks of.
  const [newest] = row?.entries ?? []
  const isNewest = newest?.rowsAfter.toSorted().join() === rows.join()
  return {
    pid: row?.pid ?? 0,
    rows,
    interrupted: row?.interrupted ?? null,
    isStampedBase: isNewest && rows.length === 0 && newest.direction === 'stamp',
    headOf: isNewest ? newest.headOf : null,
    recent: recentRevisions(row?.entries ?? []),
  }
}

function recentRevisions(entries: readonly AskedEntry[]): readonly RecentRevision[] {
  const seen = new Set<string>()
  return entries.flatMap(({ revision, hash, direction }) => {
    if (revision === null || seen.has(revision)) return []
    seen.add(revision)
    return hash === null || direction === 'downgrade' ? [] : [{ revision, hash }]
  })
}

/** Asks again on an open connection. */
export async function readVersionState(
  connection: Connection,
  tables: Tables,
): Promise<VersionState> {
  const answer = await connection.ask(versionStateQuery(tables)).catch((error: unknown) => {
    if (isServerError(error)) return error
    throw error
  })
  return parseVersionState(answer, tables)
}

/** PostgreSQL's 42501 as LIMBECK_PERMISSION_DENIED with what to grant; anything else as it is. */
export function denied(error: unknown, grant?: string): unknown {
  if (codeOf(error) !== '42501') return error
  return new LimbeckError(
    'LIMBECK_PERMISSION_DENIED',
    `the migrating role lacks a right: ${(error as Error).message}`,
    {
      ...serverFacts(error),
      hint: grant
        ? `Grant it: ${grant}`
        : 'Let the role that owns the tables migrate (migrationUrl), or grant it the rights.',
    },
  )
}

/** Rows of a version table that another tool made (Alembic, say); none when there is no such table. */
export async function readPlainRows(
  connection: Connection,
  tables: Tables,
): Promise<readonly string[]> {
  try {
    const rows = await connection.ask<{ version_num: string }>(
      `${sentry(ownTables(tables))};\nSELECT version_num FROM ${versionName(tables)}`,
    )
    return rows.map(({ version_num }) => version_num).toSorted()
  } catch (error) {
    refuseStrangers(tables, strangersIn(error), [])
    if (isMissing(error)) return []
    throw denied(error)
  }
}

import {
  isConnectionLoss,
  isMissing,
  serverErrorIn,
  serverFacts,
} from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Recorded } from './classify.ts'
import type { Session } from './session.ts'

type Adopt = NonNullable<Session['config']['adopt']>

/**
 * What the option `adopt` makes of a database that was migrated before there was a tool; null where it says nothing. Throws
 * LIMBECK_LEDGER_UNPROVEN for an answer that is no revision, for several, and where asking fails.
 */
export async function homeMadeState(
  session: Session,
  { map }: Revisions,
): Promise<Recorded | null> {
  const { adopt } = session.config
  if (adopt === undefined) return null
  const found = await ask(session, adopt)
  if (found === null) return null
  const revision =
    typeof adopt === 'function' ? found : new Map(Object.entries(adopt.revisions)).get(found)
  if (revision !== undefined && map.nodes.has(revision))
    return { is: 'recorded', ledger: 'the option adopt', to: [revision] }
  const what =
    revision === undefined ? 'which it maps to no revision' : `and there is no revision ${revision}`
  throw unproven(`the option adopt has found ${JSON.stringify(found)}, ${what}`, {
    revisions: [...map.nodes.keys()],
    hint: 'Add it to the revisions of `adopt`, or say where the database is: `npx limbeck stamp <revision>`.',
  })
}

/** A database is read for its state by commands that write nothing, too: neither a query nor a function may. */
async function ask({ connection, config }: Session, adopt: Adopt): Promise<string | null> {
  const { query, sql } = connection
  await query('BEGIN READ ONLY')
  try {
    if (typeof adopt !== 'function') return oneValue(await query(adopt.query))
    return (await adopt(sql)) ?? null
  } catch (error) {
    if (typeof adopt !== 'function' && isMissing(error)) return null
    const isOwn = error instanceof LimbeckError || config.signal?.aborted
    // A right that is missing has its own words.
    if (isOwn || isConnectionLoss(error) || serverErrorIn(error)?.code === '42501') throw error
    throw failed(error, adopt)
  } finally {
    if (!connection.isLost()) await query('ROLLBACK')
  }
}

/** As text; null where there is no row. */
function oneValue(rows: readonly Readonly<Record<string, unknown>>[]): string | null {
  const values = new Set(rows.map((row) => Object.values(row)[0] ?? null))
  if (values.size > 1)
    throw unproven(
      `the query of the option adopt has found several values in ${rows.length} rows`,
      {
        hint: 'Let it give one: the newest, `… ORDER BY … DESC LIMIT 1`, or the highest, `SELECT max(…)`.',
      },
    )
  const [value = null] = values
  return value === null ? null : String(value)
}

function failed(error: unknown, adopt: Adopt): LimbeckError {
  const isCode = typeof adopt === 'function'
  const reason = error instanceof Error ? error.message : String(error)
  return unproven(
    `the ${isCode ? 'function' : 'query'} of the option adopt has failed: ${reason}`,
    {
      ...serverFacts(error),
      hint: isCode
        ? 'It is called with `sql` alone, in a transaction that cannot write, and gives the id of a revision, or null.'
        : 'Correct it in the configuration. It runs in a transaction that cannot write.',
    },
  )
}

const unproven = (what: string, details: LimbeckError['details']): LimbeckError =>
  new LimbeckError('LIMBECK_LEDGER_UNPROVEN', `${what}. Nothing was changed.`, details)

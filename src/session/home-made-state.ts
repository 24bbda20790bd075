import { isMissing } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Recorded } from './classify.ts'
import type { Session } from './session.ts'

/**
 * What the option `adopt` makes of a database that was migrated before there was a tool; null where it says nothing. Throws
 * LIMBECK_LEDGER_UNPROVEN for an answer that is no revision.
 */
export async function homeMadeState(
  { connection, config }: Session,
  { map }: Revisions,
): Promise<Recorded | null> {
  const { adopt } = config
  if (adopt === undefined) return null
  const found =
    typeof adopt === 'function'
      ? await adopt(connection.sql)
      : await firstValue(connection.query, adopt.query)
  if (found === null || found === undefined) return null
  const revision = typeof adopt === 'function' ? found : adopt.revisions[found]
  if (revision !== undefined && map.nodes.has(revision))
    return { is: 'recorded', ledger: 'the option adopt', to: [revision] }
  const what =
    revision === undefined ? 'which it maps to no revision' : `and there is no revision ${revision}`
  throw new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `the option adopt has found ${JSON.stringify(found)}, ${what}. Nothing was changed.`,
    {
      revisions: [...map.nodes.keys()],
      hint: 'Add it to the revisions of `adopt`, or say where the database is: `npx limbeck stamp <revision>`.',
    },
  )
}

/** As text; null where there is no row, or not even the table. */
async function firstValue(
  query: Session['connection']['query'],
  statement: string,
): Promise<string | null> {
  try {
    const [row] = await query(statement)
    const [value] = Object.values(row ?? {})
    return value === undefined || value === null ? null : String(value)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

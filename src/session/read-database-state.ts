import { matchesAny } from '../config/name-pattern.ts'
import { type Survey, survey } from '../database/survey.ts'
import type { Revisions } from '../script/revisions.ts'
import { classify, type DatabaseState } from './classify.ts'
import type { Session } from './session.ts'

/** A state and the rows it was told from. */
export interface Found {
  readonly state: DatabaseState
  readonly rows: readonly string[]
  readonly survey: Survey
}

/** Looks at the catalog, the version rows and the history; inside the lock it is the truth. Throws what classify() throws. */
export async function findState(session: Session, { map }: Revisions): Promise<Found> {
  const { config, connection } = session
  const found = await survey(connection, config.tables, config.schema)
  const { rows, interrupted, inspection, records } = found
  const state = classify(map, {
    rows,
    interrupted,
    userTables: inspection.userTables.filter((table) => !matchesAny(config.ignoreTables, table)),
    records,
    isStampedBase: found.isStampedBase,
  })
  return { state, rows: rows ?? [], survey: found }
}

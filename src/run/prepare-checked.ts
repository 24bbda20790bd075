import type { Connection } from '../database/connection.ts'
import { inSilence } from '../database/holder-settings.ts'
import { parses } from '../database/parses.ts'
import type { Step } from '../revision/revision.ts'
import type { Revisions } from '../script/revisions.ts'
import { splitSql, takes } from '../script/split.ts'
import type { Session } from '../session/session.ts'
import type { ServerHelp } from './checked-split.ts'
import { type PreparedSteps, prepareSteps } from './prepare-steps.ts'

/** Makes steps of a plan, all that may be wrong with their files being told before the first one runs. */
export type Prepare = typeof prepareChecked

/** Reads the bodies, with the server at hand. Throws what prepareSteps() throws. */
export async function prepareChecked(
  { connection }: Session,
  revisions: Revisions,
  rows: readonly string[],
  planned: readonly Step[],
): Promise<PreparedSteps> {
  return await prepareSteps(revisions, rows, planned, serverHelp(connection))
}

/** PostgreSQL parses what is simple; while a large text is parsed here, which keeps this process from saying a word, it waits. */
function serverHelp(connection: Connection): ServerHelp {
  return {
    check: (statements) => parses(connection, statements),
    checkHere: takes,
    grammar: (sql, source) =>
      sql.length < largeText
        ? splitSql(sql, source)
        : inSilence(connection, sql.length * slowestParse, () => splitSql(sql, source)),
  }
}

/** Characters that the grammar takes longer for than a moment. */
const largeText = 128 * 1024
/** How long the grammar takes for a character on a busy machine, ms. */
const slowestParse = 0.1

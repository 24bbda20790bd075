import type { Recorded } from './classify.ts'
import type { StateOrReason } from './state-or-reason.ts'

const writeFirst =
  "Write the first revision from the models:\n  npx limbeck revision --autogenerate -m 'first tables'"
const runIt = 'Read the file it names, then run it:\n  npx limbeck upgrade'
const seePlan = 'See what would be run:\n  npx limbeck upgrade --plan'

const takenOver = ({ ledger, to }: Recorded) =>
  `${ledger} proves that the database is at ${to.join(', ')}, and is taken over. ${seePlan}`

const noRecord = (tables: readonly string[], what: string) =>
  `The database has ${tables.length} table(s) and no record of what has run. See which ${what} it equals:\n  npx limbeck stamp --detect`

/** There are revisions already, as after an import. */
function begunSteps(database: StateOrReason | null): readonly string[] {
  switch (database?.is) {
    case 'fresh':
      return [`The database is empty: the revisions build it. ${seePlan}`]
    case 'legacy':
      return [noRecord(database.tables, 'revision')]
    case 'recorded':
    case 'current':
      return ownSteps(database)
    default:
      return [seePlan]
  }
}

function ownSteps(database: StateOrReason | null): readonly string[] {
  switch (database?.is) {
    case 'recorded':
      return [takenOver(database)]
    case 'fresh':
      return [writeFirst, runIt]
    case 'legacy':
      return [
        `The database has ${database.tables.length} table(s) already. Write them as the first revision:\n  npx limbeck revision --from-database -m 'as it is'`,
        'Tell the database that it has them:\n  npx limbeck stamp head',
      ]
    case 'current':
      return ['The database is at head. See whether the models are:\n  npx limbeck check']
    case 'behind':
      return [seePlan]
    default:
      return [
        writeFirst,
        runIt,
        'A database that already has these tables is told so instead:\n  npx limbeck stamp head',
      ]
  }
}

function foreignSteps(history: string, database: StateOrReason | null): readonly string[] {
  switch (database?.is) {
    case 'fresh':
      return [
        `The database is empty: the folder ${history} is read as it is, and builds it. ${seePlan}`,
      ]
    case 'recorded':
      return [takenOver(database)]
    case 'legacy':
      return [noRecord(database.tables, 'migration')]
    default:
      return [
        `The folder ${history} is read as it is, and what drizzle has recorded in the database is taken over. See what it proves:\n  npx limbeck doctor`,
        seePlan,
      ]
  }
}

/** What to do first with a database in this state; `history` is drizzle-kit's folder, or null. */
export function firstSteps(
  history: string | null,
  hasRevisions: boolean,
  database: StateOrReason | null,
): readonly string[] {
  if (history !== null) return foreignSteps(history, database)
  return hasRevisions ? begunSteps(database) : ownSteps(database)
}

/** What to do first where another tool's migrations cannot become revisions, each for itself; its record is taken over or not. */
export function stepsFromDatabase(
  tool: string,
  folder: string,
  isAdopted: boolean,
): readonly string[] {
  return [
    `The migrations of ${tool} in ${folder} cannot be imported one by one. Bring a database to the newest of them, and write what they have made as the first revision:\n  npx limbeck revision --from-database -m 'as it is'`,
    isAdopted
      ? `A database that ${tool} has brought there is taken over by its record. See what it proves:\n  npx limbeck doctor`
      : 'Tell each database that has it:\n  npx limbeck stamp head',
  ]
}

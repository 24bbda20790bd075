import type { StateOrReason } from './state-or-reason.ts'

const writeFirst =
  "Write the first revision from the models:\n  npx limbeck revision --autogenerate -m 'first tables'"
const runIt = 'Read the file it names, then run it:\n  npx limbeck upgrade'
const seePlan = 'See what would be run:\n  npx limbeck upgrade --plan'

function ownSteps(database: StateOrReason | null): readonly string[] {
  switch (database?.is) {
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
      return [`The database is empty: ${history} is read as it is, and builds it. ${seePlan}`]
    case 'recorded':
      return [
        `${database.ledger} proves that the database is at ${database.to.join(', ')}, and is taken over. ${seePlan}`,
      ]
    case 'legacy':
      return [
        `The database has ${database.tables.length} table(s) and no record of what has run. See which migration it equals:\n  npx limbeck stamp --detect`,
      ]
    default:
      return [
        `${history} is read as it is, and what drizzle has recorded in the database is taken over. See what it proves:\n  npx limbeck doctor`,
        seePlan,
      ]
  }
}

/** What to do first with a database in this state; `history` is drizzle-kit's folder, or null. */
export function firstSteps(
  history: string | null,
  database: StateOrReason | null,
): readonly string[] {
  return history === null ? ownSteps(database) : foreignSteps(history, database)
}

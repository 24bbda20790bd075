import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { run } from '../cli/run.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { journalFolder, type Migration } from './history.ts'
import { migrateByDrizzle } from './migrate-by-drizzle.ts'

const migration = (name: string, when: number): Migration => [
  name,
  when,
  `CREATE TABLE "${name}" (id int PRIMARY KEY);`,
]

interface Report {
  /** The journal at each deploy, oldest first. */
  readonly deploys: readonly (readonly Migration[])[]
  /** What a person has done to the ledger between the first deploy and the second. */
  readonly repair?: string
  readonly problems: readonly string[]
}

const [a, b, c] = [migration('a', 1_000), migration('b', 2_000), migration('c', 3_000)]

/** As the public reports of migrations that drizzle 0.x has passed over tell them. */
const reports: Readonly<Record<string, Report>> = {
  'a time in the future, typed by hand, hides what comes after it': {
    deploys: [
      [a, migration('b', 9_000)],
      [a, migration('b', 9_000), c],
    ],
    problems: ['skipped c'],
  },
  'two branches were merged, the older one second, and appended': {
    deploys: [
      [a, c],
      [a, c, b],
    ],
    problems: ['skipped b'],
  },
  'two branches were merged, the older one second, and sorted in': {
    deploys: [
      [a, c],
      [a, b, c],
    ],
    problems: ['skipped b'],
  },
  'two migrations have the same time': {
    deploys: [
      [a, b],
      [a, b, migration('twin', 2_000)],
    ],
    problems: ['skipped twin'],
  },
  'a time before that of the very first one, on a database that was upgraded step by step': {
    deploys: [
      [a, b],
      [a, b, migration('early', 500)],
      [a, b, migration('early', 500), c],
    ],
    problems: ['skipped early'],
  },
  'a row was repaired by hand with the time of the day': {
    deploys: [[a], [a, b]],
    repair: 'UPDATE drizzle.__drizzle_migrations SET created_at = 1790000000000',
    problems: ['skipped b'],
  },
  'the journal was corrected afterwards, and the ledger was not': {
    deploys: [
      [a, migration('b', 9_000)],
      [a, b, c],
    ],
    problems: ['skipped c'],
  },
  'the ledger was corrected, too: nothing is skipped any more': {
    deploys: [
      [a, migration('b', 9_000)],
      [a, b, c],
    ],
    repair: 'UPDATE drizzle.__drizzle_migrations SET created_at = 2000 WHERE created_at = 9000',
    problems: [],
  },
  'all came at once, whatever their times: nothing was skipped': {
    deploys: [[a, c, b, migration('early', 500)]],
    problems: [],
  },
}

async function replay({ deploys, repair }: Report): Promise<[TestDatabase, string]> {
  const database = await createDatabase()
  const root = tempFolder({})
  for (const [index, deploy] of deploys.entries()) {
    if (index === 1 && repair !== undefined) await database.query(repair)
    await migrateByDrizzle(database.url, journalFolder(deploy, join(root, 'drizzle')))
  }
  writeFileSync(
    join(root, 'limbeck.config.mjs'),
    `export default { url: '${database.url}', migrations: 'drizzle', ledger: 'drizzle' }`,
  )
  return [database, root]
}

test.each(Object.entries(reports))('%s', async (_, report) => {
  const [database, cwd] = await replay(report)
  const { code, stdout } = await run(['doctor', '--json'], { cwd })
  const { problems } = JSON.parse(stdout) as {
    problems: readonly { status: string; name: string; hint: string | null }[]
  }
  expect(problems.map(({ status, name }) => `${status} ${name}`)).toEqual(report.problems)
  expect(problems.every(({ hint }) => hint?.includes('npx limbeck stamp'))).toBe(true)
  expect(code).toBe(report.problems.length === 0 ? 0 : 1)
  const boot = () =>
    initDb({ url: database.url, migrations: join(cwd, 'drizzle'), ledger: 'drizzle' })
  if (report.problems.length === 0) expect(await boot()).toMatchObject({ outcome: 'adopted' })
  else expect((await failure(boot())).code).toBe('LIMBECK_LEDGER_UNPROVEN')
})

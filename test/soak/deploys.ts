import { newDatabase, type TestDatabase } from '../support/database.ts'
import { type Link, writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const states = ['behind', 'equal', 'ahead compatible', 'ahead breaking', 'unknown row'] as const
const policies = ['serve', 'refuse', 'wait'] as const
type State = (typeof states)[number]
type Policy = (typeof policies)[number]

/** What this build does on each: the table of docs/reliability.md, which a test holds equal to it. */
export const documented: Readonly<Record<State, Readonly<Record<Policy, string>>>> = {
  behind: { serve: 'upgraded', refuse: 'upgraded', wait: 'upgraded' },
  equal: { serve: 'current', refuse: 'current', wait: 'current' },
  'ahead compatible': {
    serve: 'ahead',
    refuse: 'LIMBECK_DATABASE_AHEAD',
    wait: 'LIMBECK_WAIT_TIMEOUT',
  },
  'ahead breaking': {
    serve: 'LIMBECK_DATABASE_AHEAD',
    refuse: 'LIMBECK_DATABASE_AHEAD',
    wait: 'LIMBECK_WAIT_TIMEOUT',
  },
  'unknown row': {
    serve: 'LIMBECK_NO_SUCH_REVISION',
    refuse: 'LIMBECK_NO_SUCH_REVISION',
    wait: 'LIMBECK_NO_SUCH_REVISION',
  },
}

const known: Readonly<Record<string, Link>> = {
  a01: { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' },
  a02: { up: 'ALTER TABLE t ADD COLUMN a int;', down: 'ALTER TABLE t DROP COLUMN a;' },
}
const newer = (compatible: 'yes' | 'no'): Readonly<Record<string, Link>> => ({
  ...known,
  a03: {
    head: [`compatible: ${compatible}`],
    up: 'ALTER TABLE t ADD COLUMN b int;',
    down: 'ALTER TABLE t DROP COLUMN b;',
  },
})

/** A deploy is rolled back, or comes early: this build meets a database of another build, under every policy. */
export async function deploys(size: Size, report: Report, ground: Ground): Promise<void> {
  const root = ground.folder
  const folders = {
    older: await writeChain(root, 'older', { a01: known.a01! }),
    own: await writeChain(root, 'own', known),
    compatible: await writeChain(root, 'compatible', newer('yes')),
    breaking: await writeChain(root, 'breaking', newer('no')),
  }
  const made: Record<State, string> = {
    behind: folders.older,
    equal: folders.own,
    'ahead compatible': folders.compatible,
    'ahead breaking': folders.breaking,
    'unknown row': folders.own,
  }
  await withWorkers(1, async ([worker]) => {
    const boot = (database: TestDatabase, folder: string, ahead: Policy, waitTimeout = 300) =>
      worker!.run(bootOn(database.url, folder, { ahead, waitTimeout }))
    for (const state of states)
      for (const ahead of policies) {
        const database = await newDatabase(ground.serverUrl)
        await boot(database, made[state], 'serve')
        if (state === 'unknown row')
          await database.query(`UPDATE limbeck_version SET version_num = 'nobody'`)
        const answer = await boot(database, folders.own, ahead)
        report.run()
        report.outcome(`${state}, ${ahead}: ${endOf(answer)}`)
        if (endOf(answer) !== documented[state][ahead])
          report.unexplained(`${state}, ${ahead}`, { ...answer, log: [] })
        await database.drop()
      }
    for (let run = 0; run < (size === 'full' ? 20 : 1); run++)
      await goBackWhileWaiting(report, ground, folders)
  })
}

/** One process waits on a database that is ahead, another undoes the newer revision without having its file. */
async function goBackWhileWaiting(
  report: Report,
  { serverUrl }: Ground,
  { own, breaking }: Readonly<Record<'own' | 'breaking', string>>,
) {
  const database = await newDatabase(serverUrl)
  await withWorkers(2, async ([waiting, operator]) => {
    await operator!.run(bootOn(database.url, breaking))
    const boot = waiting!.run(bootOn(database.url, own, { ahead: 'wait', waitTimeout: 60_000 }))
    while (!waiting!.log.some(({ message }) => message.includes('ahead of this build: waiting')))
      await new Promise((resolve) => setTimeout(resolve, 20))
    const options = { url: database.url, migrations: own }
    const args = ['a02', { fromHistory: true }]
    const undone = await operator!.run({ call: 'downgrade', args, options })
    const answer = await boot
    report.run()
    report.outcome(`waited for a downgrade: ${endOf(answer)}`)
    if (undone.error || answer.report?.to.join() !== 'a02')
      report.unexplained('a downgrade while another process waits', { undone, answer })
  })
  await database.drop()
}

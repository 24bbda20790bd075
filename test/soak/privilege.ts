import { randomBytes } from 'node:crypto'
import { newDatabase, urlOf, withSql } from '../support/database.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, type Job, withWorkers } from './worker.ts'

/** The whole cycle by roles that may do no more than they must. */
export async function privilege(_: Size, report: Report, { serverUrl, folder }: Ground) {
  const id = randomBytes(4).toString('hex')
  const [owner, deployer, app] = [`owner_${id}`, `deployer_${id}`, `app_${id}`]
  const chain = await writeChain(folder, 'privilege', {
    a01: { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' },
    a02: {
      head: ['transaction: none'],
      up: 'CREATE INDEX CONCURRENTLY t_id ON t (id);',
      down: 'DROP INDEX CONCURRENTLY t_id;',
    },
  })
  const database = await newDatabase(serverUrl)
  await database.query(`REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE ROLE ${owner} LOGIN PASSWORD 'one'; CREATE ROLE ${deployer} LOGIN PASSWORD 'two'; CREATE ROLE ${app} LOGIN PASSWORD 'three';
GRANT ${owner} TO ${deployer}; CREATE SCHEMA own AUTHORIZATION ${owner}; GRANT USAGE ON SCHEMA own TO ${app};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA own GRANT SELECT ON TABLES TO ${app}`)
  const url = (name: string, password: string) =>
    urlOf(serverUrl, database.name, { name, password })
  await withWorkers(1, async ([worker]) => {
    const expect = async (what: string, end: string, job: Job) => {
      const answer = await worker!.run({ ...job, options: { ...job.options, schema: 'own' } })
      report.run()
      report.outcome(`${what}: ${endOf(answer)}`)
      if (endOf(answer) !== end) report.unexplained(what, { ...answer, log: [] })
      if (/:(one|two|three|four)@/.test(JSON.stringify(answer)))
        report.unexplained(`${what}: a password is told`)
    }
    const asOwner = url(owner, 'one')
    await expect(
      'the application migrates',
      'LIMBECK_PERMISSION_DENIED',
      bootOn(url(app, 'three'), chain),
    )
    await expect('the owner of a schema', 'created', bootOn(asOwner, chain))
    const down: Job = { call: 'downgrade', args: ['base'], options: bootOn(asOwner, chain).options }
    await expect('downgrade', 'done', down)
    const separate = { migrationUrl: url(deployer, 'two'), role: owner }
    await expect('migrationUrl and role', 'created', bootOn(url(app, 'three'), chain, separate))
    await expect(
      'the application verifies',
      'current',
      bootOn(url(app, 'three'), chain, { mode: 'verify' }),
    )
    await withSql(serverUrl, (sql) => sql.unsafe(`ALTER ROLE ${owner} PASSWORD 'four'`))
    await expect('an old password', 'LIMBECK_AUTHENTICATION_FAILED', bootOn(asOwner, chain))
    await expect('a new password', 'current', bootOn(url(owner, 'four'), chain))
  })
  for (const ddl of [
    'CREATE TABLE own.x (id int)',
    'ALTER TABLE own.t ADD COLUMN x int',
    'DROP TABLE own.t',
  ]) {
    const refused = await withSql(url(app, 'three'), (sql) => sql.unsafe(ddl)).then(
      () => null,
      (error) => error.code,
    )
    if (refused !== '42501') report.unexplained(`the application may: ${ddl}`, refused)
  }
  await database.drop()
  await withSql(serverUrl, (sql) => sql.unsafe(`DROP ROLE ${owner}, ${deployer}, ${app}`))
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { FleetReport } from '../../src/index.ts'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'

const bin = fileURLToPath(new URL('../../dist/lib/limbeck.js', import.meta.url))

/** Twenty schemas at a1, and how to start a process that runs the fleet on them. */
async function project() {
  const database = await createDatabase()
  const files = revisionFiles({ a1: {}, b1: { revises: 'a1' }, c1: { revises: 'b1' } })
  const cwd = tempFolder({ 'limbeck.config.mjs': 'export default {}', ...files })
  const schemas = Array.from({ length: 20 }, (_, at) => `tenant_${at + 1}`)
  const start = (...argv: readonly string[]) => {
    const all = [bin, 'fleet', ...argv, '--schemas', schemas.join(), '--json']
    const env = { ...process.env, DATABASE_URL: database.url }
    const child = spawn(process.execPath, all, { cwd, env })
    const report = text(child.stdout).then((json) => JSON.parse(json) as FleetReport)
    // Nobody asks a process that was killed.
    report.catch(() => {})
    return { child, report, exit: once(child, 'exit') }
  }
  await start('a1', '--create').exit
  /** What the histories of all schemas say, each in its order. */
  const histories = async () => {
    const queries = schemas.map(
      (schema) =>
        `SELECT string_agg(revision, ' ' ORDER BY id) AS all FROM ${schema}.limbeck_history`,
    )
    const rows = await database.query<{ all: string }>(queries.join(' UNION ALL '))
    return rows.map(({ all }) => all)
  }
  return { start, histories, expected: schemas.map(() => 'a1 b1 c1') }
}

test('two processes share a fleet out, and both succeed', async () => {
  const { start, histories, expected } = await project()
  const both = [start(), start()]
  const reports = await Promise.all(both.map(({ report }) => report))
  expect(await Promise.all(both.map(({ exit }) => exit))).toEqual([
    [0, null],
    [0, null],
  ])
  const upgraded = reports.reduce((sum, { totals }) => sum + totals.upgraded, 0)
  expect(upgraded).toBe(expected.length)
  expect(await histories()).toEqual(expected)
})

test('what a process that is killed was at, another one finishes', async () => {
  const { start, histories, expected } = await project()
  const [killed, other] = [start('--concurrency', '2'), start('--concurrency', '1')]
  await until(async () => (await histories()).includes('a1 b1 c1'))
  killed.child.kill('SIGKILL')
  expect(await other.exit).toEqual([0, null])
  expect((await other.report).totals.failed).toBe(0)
  expect(await histories()).toEqual(expected)
})

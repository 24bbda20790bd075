import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isSupported, supportedDrizzle } from '../src/models/require-drizzle.ts'
import { npmEnvironment, type Packed, pack } from './support/packed.ts'
import { createDatabase } from './support/postgres.ts'

const runFile = promisify(execFile)

let packed: Packed

beforeAll(async () => {
  packed = await pack()
})

afterAll(() => packed.remove())

describe('drizzle-orm', () => {
  test('is a peer in the range that the code supports', async () => {
    const { peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(peerDependencies['drizzle-orm']).toBe(supportedDrizzle)
    for (const version of [
      '0.36.4',
      '0.45.4',
      '1.0.0-rc.1',
      '1.0.0-rc.5-ab785fc',
      '1.0.0',
      '1.9.3',
    ])
      expect(isSupported(version), version).toBe(true)
    for (const version of [
      '0.36.3',
      '0.9.0',
      '1.0.0-beta.22',
      '2.0.0',
      '2.0.0-rc.1',
      '99.0.0',
      'x',
    ])
      expect(isSupported(version), version).toBe(false)
  })

  test.for(['0.36.4', '0.45', '1.0.0-rc.1', '1.0.0-rc.5-ab785fc'])(
    '%s, an end of the range, builds a database',
    async (version) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-drizzle-'))
      onTestFinished(() => rm(folder, { recursive: true, force: true }))
      const at = async (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        await runFile(file, args, { cwd: folder, env: { ...npmEnvironment(), ...env } })
      await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }')
      await at('npm', ['install', packed.tarball, `drizzle-orm@${version}`])
      await writeFile(
        path.join(folder, 'schema.js'),
        `import { index, integer, pgEnum, pgTable, serial, text, timestamp, unique } from 'drizzle-orm/pg-core'
export const kind = pgEnum('kind', ['a', 'b'])
export const teams = pgTable('teams', { id: serial('id').primaryKey(), name: text('name').notNull().unique() })
export const people = pgTable('people', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  team: integer('team').references(() => teams.id, { onDelete: 'cascade' }),
  kind: kind('kind').default('a').notNull(),
  tags: text('tags').array().notNull(),
  made: timestamp('made', { withTimezone: true }).defaultNow().notNull(),
}, (t) => [index('people_team').on(t.team), unique('people_once').on(t.team, t.kind)])
`,
      )
      await writeFile(
        path.join(folder, 'limbeck.config.js'),
        `export default { migrations: 'migrations', models: './schema.js' }`,
      )
      const { url, query } = await createDatabase()
      const limbeck = (...args: readonly string[]) =>
        at('npx', ['limbeck', ...args], { DATABASE_URL: url })
      await limbeck('init')
      await limbeck('revision', '--autogenerate', '-m', 'first')
      await limbeck('upgrade')
      const { stdout } = await limbeck('diff')
      expect(stdout).not.toMatch(/CREATE|ALTER|DROP/)
      expect(await query(`SELECT to_regclass('people_team') IS NOT NULL AS made`)).toEqual([
        { made: true },
      ])
    },
  )
})

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type Project, startProject } from './project.ts'

const imports =
  "import { boolean, check, index, integer, pgEnum, pgTable, serial, text, timestamp, unique, varchar } from 'drizzle-orm/pg-core'\nimport { sql } from 'drizzle-orm'\n"

/** A project with models, in the folder of `project`. */
function models(project: Project, source: string): void {
  writeFileSync(join(project.cwd, 'schema.ts'), `console.log('loading')\n${imports}${source}`)
}

async function start(): Promise<Project> {
  const project = await startProject()
  symlinkSync(resolve('node_modules'), join(project.cwd, 'node_modules'))
  mkdirSync(join(project.cwd, 'migrations'))
  writeFileSync(
    join(project.cwd, 'limbeck.config.mjs'),
    "export default { models: './schema.ts' }\n",
  )
  return project
}

test('from models to a database that CI accepts, and what CI says when somebody cuts a corner', async () => {
  const project = await start()
  models(
    project,
    "export const users = pgTable('users', { id: serial().primaryKey(), email: text().notNull() })\n",
  )
  await project.type('limbeck revision --autogenerate -m "users" --rev-id a1')
  await project.type('limbeck upgrade')
  expect(await project.type('limbeck check')).toBe('Checked: nothing is wrong.\n')

  // Somebody changes the models and forgets the revision.
  models(
    project,
    "export const users = pgTable('users', { id: serial().primaryKey(), email: text().notNull(), name: text() })\n",
  )
  const forgotten = await project.answer('limbeck check')
  expect(forgotten.code).toBe(1)
  expect(forgotten.stdout).toContain(
    'models-differ: the models have column users.name, the database has not',
  )
  expect(forgotten.stdout).toContain('chain-differs: only create-all has column users.name')
  await project.type('limbeck revision --autogenerate -m "name" --rev-id b1')
  expect((await project.answer('limbeck check')).stdout).toContain('1 revision is pending: b1')
  await project.type('limbeck upgrade')
  await project.type('limbeck check')

  // A trigger that models cannot say.
  await project.type('limbeck revision -m "touch" --rev-id c1')
  project.fill(
    'c1',
    'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;',
    'DROP FUNCTION touch();',
  )
  await project.type('limbeck upgrade')
  expect((await project.answer('limbeck check')).stdout).toMatch(
    /chain-differs: only the chain has function touch\(\)\n {2}hint: .*"-- fresh: run" into the head of c1/,
  )
})

test('what autogenerate writes lints clean', async () => {
  const project = await start()
  const step = async (id: string, source: string) => {
    models(project, source)
    await project.type(
      `limbeck revision --autogenerate -m "${id}" --rev-id ${id} --allow-data-loss --no-renames`,
    )
    expect(await project.type('limbeck lint'), id).toContain('nothing is wrong')
    await project.type('limbeck upgrade')
  }
  const teams =
    "export const teams = pgTable('teams', { id: serial().primaryKey(), name: varchar({ length: 20 }).notNull() })\n"
  await step(
    's1',
    `${teams}export const mood = pgEnum('mood', ['sad'])\nexport const users = pgTable('users', { id: integer().primaryKey(), email: text(), mood: mood(), at: timestamp() }, (t) => [index().on(t.email)])\n`,
  )
  await step(
    's2',
    `${teams}export const mood = pgEnum('mood', ['sad', 'ok'])
export const users = pgTable('users', {
  id: integer().primaryKey(), email: text().notNull(), mood: mood().default('ok'), at: timestamp(),
  team: integer().references(() => teams.id), active: boolean().default(true).notNull(),
}, (t) => [index().on(t.email), index().on(t.team), unique().on(t.email), check('positive', sql\`id > 0\`)])\n`,
  )
  await step(
    's3',
    "export const users = pgTable('users', { id: integer().primaryKey(), email: text() })\n",
  )
})

import { index, integer, pgTable } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BootOptions, type BootReport, initDb, LimbeckError } from '../../src/index.ts'
import { loadSchema } from '../../src/models/load-models.ts'
import { schemaFingerprint } from '../../src/schema/fingerprint.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { seeded } from '../support/seeded.ts'

// Random chains, random builds of them, random interruptions: whatever a boot reports as ready has the tables, the functions
// and the reference rows that its revision stands for.

/** What one revision does. */
type Kind = 'table' | 'rows' | 'function' | 'online' | 'drop'

/** What a build needs of its database. */
interface Needs {
  readonly tables: ReadonlySet<string>
  readonly rows: ReadonlySet<number>
  readonly functions: ReadonlySet<string>
}

const idOf = (position: number, line = 'a') => `${line}${String(position).padStart(3, '0')}`

function after(needs: Needs, kind: Kind, id: string, position: number): Needs {
  const [tables, rows, functions] = [
    new Set(needs.tables),
    new Set(needs.rows),
    new Set(needs.functions),
  ]
  if (kind === 'table' || kind === 'online') tables.add(`t_${id}`)
  if (kind === 'rows') rows.add(position)
  if (kind === 'function') functions.add(`f_${id}`)
  if (kind === 'drop') {
    const [gone] = [...tables].filter((name) => name !== 'seed')
    if (gone !== undefined) tables.delete(gone)
  }
  return { tables, rows, functions }
}

const first: Needs = { tables: new Set(['seed']), rows: new Set(), functions: new Set() }

function modelsOf({ tables }: Needs): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...tables].map((name) => [
      name,
      pgTable(name, { id: integer() }, (t) => [index(`${name}_id`).on(t.id)]),
    ]),
  )
}

function bodies(kind: Kind, id: string, position: number, before: Needs) {
  const table = `CREATE TABLE t_${id} (id int);`
  const down = `DROP TABLE IF EXISTS t_${id};`
  switch (kind) {
    case 'table':
      return { up: `${table}\nCREATE INDEX t_${id}_id ON t_${id} (id);`, down, head: [] }
    case 'online':
      return {
        up: `${table}\nCREATE INDEX CONCURRENTLY t_${id}_id ON t_${id} (id);`,
        down,
        head: ['transaction: none'],
      }
    case 'rows':
      return {
        up: `INSERT INTO seed VALUES (${position});`,
        down: `DELETE FROM seed WHERE id = ${position};`,
        head: ['fresh: run'],
      }
    case 'function':
      return {
        up: `CREATE FUNCTION f_${id}() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
        down: `DROP FUNCTION f_${id};`,
        head: ['fresh: before'],
      }
    case 'drop': {
      const [gone] = [...before.tables].filter((name) => name !== 'seed')
      return {
        up: gone === undefined ? 'SELECT 1;' : `DROP TABLE ${gone};`,
        down: 'SELECT 1;',
        head: ['compatible: no', 'fresh: skip'],
      }
    }
  }
}

/** The files of a build, and what it needs: the chain up to `length`, and a revision of its own above where it is a sibling. */
async function build(kinds: readonly Kind[], length: number, isSibling: boolean) {
  const folder = await revisionFolder()
  const print = async (needs: Needs) =>
    `models: ${schemaFingerprint(await loadSchema(modelsOf(needs), undefined))}`
  await folder.sql(idOf(0), {
    up: 'CREATE TABLE seed (id int);\nCREATE INDEX seed_id ON seed (id);',
    down: 'DROP TABLE seed;',
    head: [await print(first)],
  })
  let needs = first
  const own = kinds.slice(0, length).map((kind, index) => [kind, idOf(index + 1)] as const)
  const all = isSibling ? [...own, ['table', idOf(length + 1, 'b')] as const] : own
  for (const [index, [kind, id]] of all.entries()) {
    const { up, down, head } = bodies(kind, id, index + 1, needs)
    needs = after(needs, kind, id, index + 1)
    await folder.sql(id, { revises: idOf(index), up, down, head: [...head, await print(needs)] })
  }
  return { folder, needs }
}

interface Build {
  readonly folder: RevisionFolder
  readonly needs: Needs
}

async function found({ query }: TestDatabase): Promise<Needs> {
  const names = async (statement: string) =>
    (await query<{ name: string }>(statement)).map(({ name }) => name)
  const tables = await names(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname !~ '^limbeck_'",
  )
  const functions = await names(
    "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
  )
  const rows = tables.includes('seed') ? await query<{ id: number }>('SELECT id FROM seed') : []
  return {
    tables: new Set(tables),
    functions: new Set(functions),
    rows: new Set(rows.map(({ id }) => id)),
  }
}

/** The database of a newer build may have more than this one needs, never less; at this build's own head it has exactly that. */
function expectReady({ outcome }: BootReport, { needs }: Build, seen: Needs): void {
  for (const key of ['tables', 'functions', 'rows'] as const) {
    const [wanted, there] = [[...needs[key]], seen[key] as ReadonlySet<unknown>]
    expect(
      wanted.filter((each) => !there.has(each)),
      `${outcome}: missing ${key}`,
    ).toEqual([])
    if (outcome !== 'ahead')
      expect([...there].toSorted(), `${outcome}: ${key}`).toEqual(wanted.toSorted())
  }
}

/** Indexes of an interrupted build may be INVALID: at head none is. */
const invalid = 'SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid'

const refusals =
  /^LIMBECK_(DATABASE_AHEAD|DATABASE_DIVERGED|CANCELLED|CONNECTION_LOST|NOT_AT_HEAD)$/

const action = fc.record({
  length: fc.nat(5),
  isSibling: fc.boolean(),
  mode: fc.constantFrom('upgrade', 'upgrade', 'upgrade', 'verify'),
  fresh: fc.constantFrom('create', 'chain'),
  /** Aborted when this step of the run begins; 0: never. */
  cutAt: fc.constantFrom(0, 0, 0, 1, 2, 3),
  /** Models of the whole chain in a build that has not all of its revisions. */
  isModelAhead: fc.boolean(),
})

test('what is reported as ready has the schema and the rows of its revision, whatever came before', async () => {
  const kind = fc.constantFrom<Kind>('table', 'rows', 'function', 'online', 'drop')
  const property = fc.asyncProperty(
    fc.array(kind, { minLength: 1, maxLength: 5 }),
    fc.array(action, { minLength: 1, maxLength: 4 }),
    async (kinds, actions) => {
      const database = await createDatabase()
      for (const { length, isSibling, mode, fresh, cutAt, isModelAhead } of actions) {
        const made = await build(kinds, Math.min(length, kinds.length), isSibling)
        const whole = isModelAhead ? await build(kinds, kinds.length, false) : made
        const stopping = new AbortController()
        const options: BootOptions = {
          url: database.url,
          migrations: made.folder.path,
          models: modelsOf(whole.needs),
          mode,
          fresh,
          signal: stopping.signal,
          onProgress: (progress) => {
            if (progress.state === 'migrating' && progress.position === cutAt) stopping.abort()
          },
        }
        const report = await initDb(options).catch((error: unknown) => {
          if (error instanceof LimbeckError && refusals.test(error.code)) return null
          throw error
        })
        if (report === null) continue
        expectReady(report, made, await found(database))
        if (report.outcome !== 'ahead') expect(await database.query(invalid)).toEqual([])
      }
    },
  )
  await fc.assert(property, { ...seeded, numRuns: 30, endOnFailure: false })
})

import { drizzleKit, ledgerTable, readsDrizzle } from '../support/drizzle-kit.ts'
import { type Scenario, tryHints } from '../support/hints.ts'
import { revisionText } from '../support/revision-text.ts'

const one = { 1700000000000: 'CREATE TABLE "one" ("id" integer)' }
const two = { 1700000000001: 'CREATE TABLE "two" ("id" integer)' }
const both = drizzleKit('drizzle', { ...one, ...two })
const insert = 'INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES'
const hashes = [...both.recorded.matchAll(/'([0-9a-f]{64})'/g)].map(([, hash]) => hash)

/** A database whose ledger is at odds with the folder. */
const ledger = (statements: string, more: Partial<Scenario> = {}): Scenario => ({
  graph: {},
  files: both.files,
  config: readsDrizzle,
  before: ({ database }) => database.query(`${ledgerTable} ${statements}`),
  typed: ['doctor'],
  asks: true,
  after: async ({ limbeck }) => {
    const { code, stderr } = await limbeck('upgrade')
    if (code !== 0) throw new Error(stderr)
  },
  ...more,
})

tryHints('ledger', {
  'a migration that is not recorded though a later one is': ledger(
    `CREATE TABLE one (); CREATE TABLE two (); ${insert} ('${hashes[1]}', 1700000000001)`,
  ),
  'a last migration whose time is before what has run': ledger(
    `CREATE TABLE one (); ${insert} ('${hashes[0]}', 1700000000000)`,
    {
      before: async ({ database, read, file }) => {
        const journal = 'drizzle/meta/_journal.json'
        file(journal, read(journal).replace('"when":1700000000001', '"when":1600000000001'))
        await database.query(
          `${ledgerTable} CREATE TABLE one (); ${insert} ('${hashes[0]}', 1700000000000)`,
        )
      },
    },
  ),
  'a migration that was edited after it ran': ledger(
    `CREATE TABLE one (); ${insert} ('${'f'.repeat(64)}', 1700000000000)`,
  ),
  'a row without a file': ledger(
    `CREATE TABLE one (); ${insert} ('${hashes[0]}', 1700000000000), ('${'f'.repeat(64)}', 1600000000000)`,
  ),
  'a revision before what the ledger tells of': {
    files: {
      'migrations/c1_message.sql': revisionText('c1', {
        revises: 'b1',
        head: [`ledger: drizzle 0000_one 1700000000000 ${hashes[0]}`],
        up: 'CREATE TABLE one ();',
      }),
    },
    before: ({ database }) =>
      database.query(
        `CREATE TABLE t_a1 (); CREATE TABLE t_b1 (); CREATE TABLE one (); ${ledgerTable} ${insert} ('${hashes[0]}', 1700000000000)`,
      ),
    typed: ['doctor'],
    asks: true,
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a baseline before which a migration is missing': {
    graph: {},
    before: async ({ database, limbeck }) => {
      await database.query(`CREATE TABLE one (); CREATE TABLE knex_migrations (id serial PRIMARY KEY, name text, batch int, migration_time timestamptz);
        CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked int);
        INSERT INTO knex_migrations (name, batch) VALUES ('1_a.js', 1), ('2_b.js', 1)`)
      await limbeck('revision', '--from-database', '-m', 'baseline')
      await database.query("DELETE FROM knex_migrations WHERE name = '1_a.js'")
    },
    typed: ['doctor'],
    asks: true,
    after: ({ limbeck }) => limbeck('current', '--check-heads'),
  },
  'a migration that prisma has not finished': {
    graph: {},
    files: { 'prisma/migrations/20260101000000_a/migration.sql': 'CREATE TABLE a ();' },
    before: async ({ database, limbeck }) => {
      await limbeck('import', 'prisma')
      await database.query(`CREATE TABLE _prisma_migrations (id text, checksum text, finished_at timestamptz,
        migration_name text, logs text, rolled_back_at timestamptz, started_at timestamptz DEFAULT now(), applied_steps_count int);
        INSERT INTO _prisma_migrations (checksum, migration_name) VALUES ('x', '20260101000000_a')`)
    },
    typed: ['doctor'],
    asks: true,
    after: async ({ database }) => await database.query('SELECT FROM a'),
  },
})

import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'

const modelsWith = (n: pg.PgColumnBuilderBase) => ({
  t: pg.pgTable('t', { id: pg.integer('id').primaryKey(), n }),
})

describe('what was put back is nothing to a database that never had it', () => {
  test.for([
    [
      'a trigger',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
       CREATE TRIGGER tr BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION f()`,
      `SELECT FROM pg_trigger WHERE tgname = 'tr'`,
    ],
    [
      'a view of another schema',
      'CREATE SCHEMA other; CREATE VIEW other.v AS SELECT n FROM t',
      `SELECT FROM pg_views WHERE viewname = 'v'`,
    ],
    [
      'a view that is excluded',
      'CREATE VIEW mine AS SELECT n FROM t',
      `SELECT FROM pg_views WHERE viewname = 'mine'`,
    ],
    [
      'a function of another schema',
      'CREATE SCHEMA other; CREATE FUNCTION other.g() RETURNS bigint BEGIN ATOMIC SELECT count(n) FROM t; END',
      'SELECT FROM other.g()',
    ],
    [
      'a publication',
      'CREATE PUBLICATION elsewhere FOR TABLE t WHERE (n > 0)',
      `SELECT FROM pg_publication_tables WHERE pubname = 'elsewhere'`,
      15,
    ],
    [
      'a policy, and a table without any in the models',
      'CREATE POLICY pp ON t USING (n > 0)',
      `SELECT FROM pg_policy WHERE polname = 'pp'`,
    ],
    [
      'a rule',
      'CREATE RULE r AS ON UPDATE TO t WHERE new.n > 5 DO ALSO (DELETE FROM t WHERE id < 0; DELETE FROM t WHERE id < 1)',
      `SELECT FROM pg_rewrite WHERE rulename = 'r'`,
    ],
  ] as const)('%s', async ([, byHand, found, since = 0], { skip }) => {
    const database = await createDatabase()
    const [{ version = 0 } = {}] = await database.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version`,
    )
    if (version < since) skip(`came with PostgreSQL ${since}`)
    const migrations = join(tempFolder({ 'migrations/.gitkeep': '' }), 'migrations')
    const migrator = (n: pg.PgColumnBuilderBase, { url } = database) =>
      createMigrator({
        url,
        migrations,
        models: modelsWith(n),
        fresh: 'chain',
        autogenerate: { exclude: ['mine'] },
      })
    await migrator(pg.integer('n')).autogenerate({ message: 'before' })
    await migrator(pg.integer('n')).upgrade()
    await database.query(byHand)
    const now = migrator(pg.numeric('n'))
    await now.autogenerate({ message: 'after', allowDataLoss: true })
    await now.upgrade()
    expect((await database.query(found)).length, 'it is there').toBe(1)
    expect((await now.check()).findings).toEqual([])

    const other = await createDatabase()
    const elsewhere = migrator(pg.numeric('n'), other)
    await elsewhere.upgrade()
    await elsewhere.downgrade('-1')
    await elsewhere.upgrade()
    expect((await elsewhere.check()).findings).toEqual([])
  })
})

import postgres from 'postgres'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { readEverything } from '../support/catalog.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

const present = await hasPgBouncer()

test.skipIf(!present)(
  `behind PgBouncer in transaction mode: at head it serves, else what runs outside transactions is refused and migrationUrl named${present ? '' : ' (skipped: pgbouncer is not installed)'}`,
  async () => {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    await folder.sql('aaa1', {
      head: ['transaction: none'],
      up: 'CREATE TABLE t (id int);',
      down: 'DROP TABLE t;',
    })
    const pooler = await startPgBouncer(database.url)
    try {
      const options = { url: pooler.url, migrations: folder.path }
      const before = await readEverything(database)
      const error = await failure(initDb(options))
      expect(error.code).toBe('LIMBECK_POOLED_CONNECTION')
      expect(error.details.hint).toContain('migrationUrl')
      expect(await readEverything(database)).toEqual(before)
      expect((await initDb({ ...options, migrationUrl: database.url })).outcome).toBe('created')
      expect((await initDb(options)).outcome).toBe('current')
    } finally {
      await pooler.stop()
    }
  },
)

test.skipIf(!present)(
  'behind PgBouncer in transaction mode a body may begin with SET TRANSACTION, which comes before the lock',
  async () => {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    const up = (table: string) =>
      `SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE ${table} AS SELECT current_setting('transaction_isolation') AS level;`
    await folder.sql('aaa1', { up: up('a'), down: 'DROP TABLE a;' })
    await folder.sql('bbb2', { revises: 'aaa1', up: up('b'), down: 'DROP TABLE b;' })
    const pooler = await startPgBouncer(database.url)
    try {
      expect((await initDb({ url: pooler.url, migrations: folder.path })).applied).toHaveLength(2)
      expect(await database.query('SELECT a.level, b.level AS other FROM a, b')).toEqual([
        { level: 'serializable', other: 'serializable' },
      ])
    } finally {
      await pooler.stop()
    }
  },
)

test.skipIf(!present)(
  'behind PgBouncer in transaction mode nothing that a body prepares meets the next one, and what others prepared stays',
  async () => {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    const up = `PREPARE mine AS SELECT 1;\nDO $$ BEGIN EXECUTE 'PREPARE "Also mine" AS SELECT 2'; END $$;`
    await folder.sql('aaa1', { up, down: 'SELECT 1;' })
    await folder.sql('bbb2', { revises: 'aaa1', up, down: 'SELECT 1;' })
    const pooler = await startPgBouncer(database.url, { poolSize: 1 })
    const others = postgres(pooler.url, { max: 1, prepare: false, fetch_types: false })
    try {
      await others.unsafe('PREPARE theirs AS SELECT 3')
      expect((await initDb({ url: pooler.url, migrations: folder.path })).applied).toHaveLength(2)
      const left = await others.unsafe('SELECT name FROM pg_prepared_statements')
      expect([...left]).toEqual([{ name: 'theirs' }])
    } finally {
      await others.end()
      await pooler.stop()
    }
  },
)

test.skipIf(!present)(
  'behind PgBouncer in transaction mode nothing stays that a function, a trigger or a failed body has left',
  async () => {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    const leaves = (kind: string, end: string) =>
      `RETURNS ${kind} LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('work_mem', '9MB', false), pg_advisory_lock(7); ${end} END $$;`
    await folder.sql('aaa1', {
      up: `CREATE TABLE t (id int);
CREATE FUNCTION leaves() ${leaves('int', 'RETURN 1;')}
CREATE FUNCTION fires() ${leaves('trigger', 'RETURN NEW;')}
CREATE TRIGGER fires BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fires();`,
    })
    const bodies = [
      'INSERT INTO t VALUES (1);',
      'UPDATE t SET id = leaves();',
      'ALTER TABLE t ADD COLUMN n int DEFAULT leaves();',
      'DELETE FROM t WHERE id = leaves(); SELECT 1 / 0;',
    ]
    for (const [index, up] of bodies.entries())
      await folder.sql(`bbb${index}`, { revises: index ? `bbb${index - 1}` : 'aaa1', up })
    const pooler = await startPgBouncer(database.url, { poolSize: 1 })
    const others = postgres(pooler.url, { max: 1, prepare: false, fetch_types: false })
    try {
      const found: unknown[] = []
      for (const _ of bodies) {
        const { code, details } = await failure(
          initDb({ url: pooler.url, migrations: folder.path }),
        )
        expect([code, details.revision]).toEqual(['LIMBECK_STEP_FAILED', 'bbb3'])
        found.push(
          ...(await others.unsafe(
            "SELECT current_setting('work_mem') AS memory, count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
          )),
        )
      }
      expect(found).toEqual(bodies.map(() => ({ memory: '4MB', locks: 0 })))
    } finally {
      await others.end()
      await pooler.stop()
    }
  },
)

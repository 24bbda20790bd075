import { expect, test } from 'vitest'
import { createDatabase } from '../../support/postgres.ts'
import { failure, revisionFolder } from '../../support/revisions.ts'
import { pair } from './pair.ts'

const none = ['transaction: none']
const first = `CREATE TABLE t (id int);
CREATE PROCEDURE fills() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (2); END $$;
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; END $$;
CREATE TABLE parted (id int) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE INDEX parted_id ON parted (id);
INSERT INTO parted VALUES (2), (1);`

async function serverVersion(): Promise<number> {
  const database = await createDatabase()
  const [row] = await database.query("SELECT current_setting('server_version_num')::int AS version")
  return Number(row?.version)
}

async function project(up: string) {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: first })
  await folder.sql('bbb2', { revises: 'aaa1', head: none, up })
  return await pair(folder.path)
}

test('a CALL or DO between BEGIN and the end of it is a part of that, wherever it stands', async () => {
  const { online, migrator, run, same } = await project(`BEGIN;
CALL fills();
INSERT INTO t VALUES (9);
ROLLBACK;
BEGIN;
DO $$ BEGIN INSERT INTO t VALUES (10); END $$;
INSERT INTO t VALUES (11);
COMMIT;`)
  await migrator.upgrade()
  expect(await online.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 10 }, { id: 11 }])
  await run((await migrator.upgrade('head', { sql: true })).sql)
  await same(['t'])
})

test('one that commits there is an error, and nothing of its block is done or passed over', async () => {
  const { online, migrator } = await project(`BEGIN;
CALL commits();
INSERT INTO t VALUES (9);
COMMIT;`)
  for (let times = 0; times < 2; times++)
    expect(await failure(migrator.upgrade())).toMatchObject({
      code: 'LIMBECK_STEP_FAILED',
      details: {
        sqlstate: '2D000',
        revision: 'bbb2',
        hint: expect.stringMatching(/outside of BEGIN and COMMIT/),
      },
    })
  expect(await online.query('SELECT id FROM t')).toEqual([])
  expect(await online.query('SELECT version_num FROM limbeck_version')).toEqual([
    { version_num: 'aaa1' },
  ])
})

test('what is refused in a transaction by the table that it finds stands alone', async () => {
  // PostgreSQL 15 brought CLUSTER of a partitioned table.
  const clusters = (await serverVersion()) < 150_000 ? '' : 'CLUSTER parted USING parted_id;'
  const { migrator, run, same } = await project(`${clusters}
REINDEX TABLE parted;
REINDEX INDEX parted_id;
CLUSTER part USING part_id_idx;
REINDEX TABLE part;`)
  const { sql } = await migrator.upgrade('head', { sql: true })
  await migrator.upgrade()
  await run(sql)
  await same(['parted'])
})

import { idOf, type Link, writeChain } from './folder.ts'

const none = ['transaction: none']
const rows = 2_000

/** Everything that is hard to interrupt: each transactional one also notes that it ran. */
const hard: Readonly<Record<string, Link>> = {
  r01: {
    up: `CREATE TABLE ran (id bigint GENERATED ALWAYS AS IDENTITY, step text);
CREATE TABLE t (id int PRIMARY KEY, v int, n int NOT NULL DEFAULT 0, s text);
INSERT INTO t SELECT i, i % 7, 0, md5(i::text) FROM generate_series(1, ${rows}) i;
CREATE SEQUENCE fails;
INSERT INTO ran (step) VALUES ('r01');`,
  },
  r02: { up: `CREATE TYPE mood AS ENUM ('a'); INSERT INTO ran (step) VALUES ('r02');` },
  r03: { head: none, up: `ALTER TYPE mood ADD VALUE 'b';\nALTER TYPE mood ADD VALUE 'c';` },
  r04: {
    up: `ALTER TABLE t ADD COLUMN mood mood DEFAULT 'b'; INSERT INTO ran (step) VALUES ('r04');`,
  },
  r05: {
    head: none,
    up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_s ON t (s);',
  },
  // Fails the first time, wherever a try is interrupted: sequences are not rolled back.
  r06: {
    up: `CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('fails') = 1 THEN RAISE EXCEPTION 'fails the first time'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fail_once BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id = 1000) EXECUTE FUNCTION fail_once();
INSERT INTO ran (step) VALUES ('r06');`,
  },
  r07: {
    ts: `export const transaction = 'none'
export async function upgrade(ctx) {
  await ctx.backfill({ table: 't', batchSize: 300, set: 'n = n + 1' })
  await ctx.backfill({ table: 't', batchSize: 300, set: 'n = n + 10', where: 'v = 0' })
}
export async function downgrade() {}`,
  },
  r08: { up: `DROP TRIGGER fail_once ON t; INSERT INTO ran (step) VALUES ('r08');` },
  r09: {
    head: none,
    up: `INSERT INTO ran (step) VALUES ('r09 first');
REINDEX INDEX CONCURRENTLY t_v;
UPDATE t SET v = v + 1;
VACUUM t;
DROP INDEX CONCURRENTLY t_v;
INSERT INTO ran (step) VALUES ('r09 last');`,
  },
  r10: {
    ts: `export async function upgrade({ sql }) {
  await sql\`UPDATE t SET v = v + 1\`
  await sql\`INSERT INTO ran (step) VALUES ('r10')\`
}
export async function downgrade() {}`,
  },
}

const plain = Array.from({ length: 20 }, (_, index) => {
  const id = idOf(index + 11)
  const up = `CREATE TABLE ${id} (id int PRIMARY KEY, t int REFERENCES t);
CREATE INDEX ${id}_t ON ${id} (t);
UPDATE t SET n = n + 100 WHERE id % 20 = ${index};
INSERT INTO ran (step) VALUES ('${id}');`
  return [id, { up }] as const
})

/** What a session has set, a transaction of the file's own and a procedure that commits. */
const last: Readonly<Record<string, Link>> = {
  r31: {
    up: `CREATE TABLE zoned (a timestamp, b timestamp, c timestamp);
INSERT INTO zoned VALUES ('2026-07-01 12:00', '2026-07-01 12:00', '2026-07-01 12:00');
CREATE FUNCTION in_tokyo() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SET TIME ZONE 'Asia/Tokyo'; END $$;
CREATE PROCEDURE double() LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    UPDATE t SET n = n + 1000 WHERE id IN (SELECT id FROM t WHERE n < 1000 ORDER BY id LIMIT 500);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
INSERT INTO ran (step) VALUES ('r31');`,
  },
  r32: {
    head: none,
    up: `SET TIME ZONE 'Europe/Berlin';
ALTER TABLE zoned ALTER a TYPE timestamptz;
SELECT in_tokyo();
ALTER TABLE zoned ALTER b TYPE timestamptz;
CREATE INDEX CONCURRENTLY zoned_b ON zoned (b);
BEGIN;
INSERT INTO ran (step) VALUES ('r32 block');
UPDATE t SET v = v + 1;
SAVEPOINT s;
INSERT INTO ran (step) VALUES ('never');
ROLLBACK TO s;
COMMIT;
-- rerunnable
CALL double();
ALTER TABLE zoned ALTER c TYPE timestamptz;
INSERT INTO ran (step) SELECT concat_ws(' ', a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC', c AT TIME ZONE 'UTC') FROM zoned;`,
  },
}

/** Writes the steps and returns their folder. */
export function writeLongChain(root: string): Promise<string> {
  return writeChain(root, 'long-chain', { ...hard, ...Object.fromEntries(plain), ...last })
}

import { expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'

const setUp = `CREATE TABLE seen (n int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO seen SELECT count(*) FROM t; RETURN NULL; END $$;
CREATE TABLE t (n int);
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();`

test.for(['', '-- transaction: none\n'])(
  'what is deferred to the end of a transaction sees the schemas that the body sees (%j)',
  async (key) => {
    const { url, query } = await createDatabase()
    const folder = tempFolder({
      'a1_a.sql': `-- a\n--\n-- revision: a1\n-- revises:\n\n-- +upgrade\n${setUp}\n-- +downgrade\nSELECT 1;\n`,
      'a2_b.sql': `-- b\n--\n-- revision: a2\n-- revises: a1\n${key}\n-- +upgrade\nINSERT INTO t VALUES (1);\n-- +downgrade\nSELECT 1;\n`,
    })
    await createMigrator({ url, migrations: folder }).upgrade()
    expect(await query('SELECT n FROM seen')).toEqual([{ n: 1 }])
  },
)

import { expect, test } from 'vitest'
import { createMigrator } from '../../../src/index.ts'
import { forPsql } from '../../../src/run/offline/psql.ts'
import { createDatabase } from '../../support/postgres.ts'
import { psql, readState } from '../../support/psql.ts'
import { revisionFolder } from '../../support/revisions.ts'

test('what psql would make something of comes through: variables, backslashes, line ends, unicode', async () => {
  const folder = await revisionFolder()
  const body = `
CREATE TABLE "a:USER" (":'USER'" text, n int[] DEFAULT '{1,2,3}', "USER" int DEFAULT 2, x int DEFAULT 3);
INSERT INTO "a:USER" (":'USER'") VALUES ('\\q at the start
\\! touch :USER :''USER'' :"USER"
\\set x ''y''
'), (E'\\\\ \\' ; :USER'), ($body$\\i nope
;
:USER :{?USER}$body$), ('ünïcode → 🐘'), (U&'\\00fc');
UPDATE "a:USER" SET n = n["USER":"USER"] WHERE n[1:USER] IS NULL;
UPDATE "a:USER" SET n = n[1:x] || n[x:x];
UPDATE "a:USER" SET n = n[1:"USER"]; -- :USER
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a=1 THEN b END; SELECT a::int4; END;
INSERT INTO "a:USER" (":'USER'", n) SELECT json_object('USER':"USER")::text, ARRAY[f(b:=3, a=>1)] FROM "a:USER" LIMIT 1;
CREATE RULE r AS ON UPDATE TO "a:USER" DO ALSO (SELECT 1; SELECT 2);
`.replace(' WHERE n[1:USER] IS NULL', ' WHERE n[1:current_user::text::regrole::oid::int] IS NULL')
  const [online, offline] = [await createDatabase(), await createDatabase()]
  const [server] = await online.query(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  // PostgreSQL 16 brought this form of json_object.
  const isOlder = Number(server?.version) < 160_000
  const up = isOlder ? body.replace(`json_object('USER':"USER")::text`, "'USER'") : body
  await folder.sql('aaa1', { up })
  const migrator = createMigrator({ url: online.url, migrations: folder.path })
  await migrator.upgrade()
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  const flags = ['-v', 'ON_ERROR_STOP=1', '-v', 'x=boom']
  expect(await psql(offline, sql, flags)).toEqual({ code: 0, stderr: '' })
  expect(await readState(offline, ['"a:USER"'])).toEqual(await readState(online, ['"a:USER"']))
})

test('a colon takes a space only where psql would see a variable', () => {
  expect(
    forPsql(`SELECT a[1:x], b[:"y"], c::int, d[lo:'1'], f(x:=1), ':x', $$:x$$ /* :x */, "a":"b"`),
  ).toBe(`SELECT a[1: x], b[: "y"], c::int, d[lo: '1'], f(x:=1), ':x', $$:x$$ /* :x */, "a": "b";`)
  expect(forPsql('SELECT 1 -- end')).toBe('SELECT 1 -- end\n;')
})

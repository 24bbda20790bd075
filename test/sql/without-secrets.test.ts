import { expect, test } from 'vitest'
import { withoutSecrets } from '../../src/sql/without-secrets.ts'

test.each([
  `CREATE ROLE app LOGIN PASSWORD 'hunter2' IN ROLE nowhere`,
  `ALTER USER app WITH ENCRYPTED PASSWORD E'hun\\'hunter2'`,
  `ALTER ROLE app PASSWORD $$hunter2$$`,
  `alter role app password U&'hunter2'`,
  `CREATE USER MAPPING FOR app SERVER files OPTIONS (user 'bob', password 'hunter2')`,
  `ALTER USER MAPPING FOR app SERVER files OPTIONS (SET password 'hunter2')`,
  `CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (aws_key 'hunter2')`,
  `CREATE SUBSCRIPTION s CONNECTION 'host=a dbname=b user=c sslkey=hunter2' PUBLICATION p`,
  `ALTER SUBSCRIPTION s CONNECTION 'hunter2'`,
  `DO $do$ BEGIN EXECUTE 'ALTER ROLE app PASSWORD ''hunter2'''; END $do$`,
  `DO $$ BEGIN PERFORM dblink_connect('hunter2'); END $$`,
  `SELECT set_config('app.api_key', 'hunter2', false)`,
  `-- the password is hunter2\nALTER ROLE app LOGIN`,
  `INSERT INTO settings VALUES ('postgres://bob:hunter2@host/db')`,
  `INSERT INTO tokens VALUES ('hunter2')`,
  `CREATE ROLE app PASSWORD hunter2`,
  `ALTER USER app LOGIN PASSWORD correct hunter2 horse; SELECT 1`,
  `CREATE ROLE app PASSWORD "hunter2"`,
  `CREATE ROLE app PASSWORD 'it's-hunter2'`,
  `CREATE ROLE app PASSWORD 'it''s'hunter2' LOGIN`,
  `CREATE USER MAPPING FOR app SERVER files OPTIONS (user 'bob', password hunter2)`,
])('%s is shown without its secret', (sql) => {
  expect(withoutSecrets(sql)).not.toContain('hunter2')
})

test('the rest of a statement is shown, and one without secrets as it is', () => {
  expect(withoutSecrets(`CREATE ROLE app LOGIN PASSWORD 'x' IN ROLE nowhere`)).toBe(
    `CREATE ROLE app LOGIN PASSWORD '…' IN ROLE nowhere`,
  )
  for (const bare of [
    `ALTER ROLE app PASSWORD NULL LOGIN`,
    `ALTER TABLE users ADD COLUMN password text NOT NULL, ALTER COLUMN token TYPE text`,
    `CREATE USER MAPPING FOR app SERVER password_files`,
  ])
    expect(withoutSecrets(bare)).toBe(bare)
  const plain = `INSERT INTO t VALUES ('a;b', $$c$$) -- why`
  expect(withoutSecrets(plain)).toBe(plain)
  expect(withoutSecrets(`DO $$ BEGIN ALTER ROLE a PASSWORD 'x'; END $$`)).toBe(
    `DO $$ BEGIN ALTER ROLE a PASSWORD '…'; END $$`,
  )
})

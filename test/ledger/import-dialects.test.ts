import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { createDatabase } from '../support/postgres.ts'
import { type Files, revisionsOf } from './dialects.ts'
import { folderOf } from './foreign.ts'

const one = (name: string, up: readonly string[], down: readonly string[] = []) => ({
  name,
  transactional: true,
  up,
  down,
})

test.each<[string, SqlTool, Files, unknown]>([
  [
    'dbmate: what may not be in a transaction is not, and what is one stays one',
    'dbmate',
    {
      '1_a.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n\n-- migrate:down\nDROP INDEX i;\nSELECT 1;\n',
    },
    [
      {
        name: '1',
        transactional: false,
        up: ['CREATE INDEX CONCURRENTLY i ON a (id)'],
        down: ['BEGIN', 'DROP INDEX i', 'SELECT 1', 'COMMIT'],
      },
    ],
  ],
  [
    'dbmate: a downgrade without a transaction',
    'dbmate',
    {
      '1.sql':
        '-- migrate:up\nCREATE INDEX i ON a (id);\nSELECT 1;\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;',
    },
    [
      {
        name: '1',
        transactional: false,
        up: ['BEGIN', 'CREATE INDEX i ON a (id)', 'SELECT 1', 'COMMIT'],
        down: ['DROP INDEX CONCURRENTLY i'],
      },
    ],
  ],
  [
    'dbmate: several sections are as many transactions',
    'dbmate',
    {
      '1_a.sql':
        "-- about it\n-- migrate:up\nALTER TYPE e ADD VALUE 'b';\n-- migrate:down\n-- migrate:up\nUPDATE t SET e = 'b'\n-- migrate:down\nDELETE FROM t;",
    },
    [
      {
        name: '1',
        transactional: false,
        up: [
          'BEGIN',
          "ALTER TYPE e ADD VALUE 'b'",
          'COMMIT',
          'BEGIN',
          "UPDATE t SET e = 'b'",
          'COMMIT',
        ],
        down: ['BEGIN', 'DELETE FROM t', 'COMMIT'],
      },
    ],
  ],
  [
    'dbmate: files in the order of their names',
    'dbmate',
    { '10.sql': '-- migrate:up\nSELECT 10;', '9.sql': '-- migrate:up\nSELECT 9;' },
    [one('10', ['SELECT 10']), one('9', ['SELECT 9'])],
  ],
  [
    'goose: annotations, statements without a semicolon, comments in front',
    'goose',
    {
      '00002_b.sql': `-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  -- +goose is no annotation here? it is, unless it has another word
  RETURN 1;
END $$
-- +goose StatementEnd
SELECT 1;

-- +goose Down
DROP FUNCTION f();
`,
      '00010_c.sql': '-- +goose NO TRANSACTION\n-- +goose up\nVACUUM;\n-- +goose down\n',
      '00001_a.sql':
        '-- copyright\n\n-- +goose Up\r\nSELECT 0;\r\n-- +goose Down\r\nSELECT 00;\r\n',
      'readme.sql': 'no migration',
    },
    [
      one('1', ['SELECT 0'], ['SELECT 00']),
      one(
        '2',
        [expect.stringMatching(/^CREATE FUNCTION f\(\)[\s\S]*RETURN 1;\nEND \$\$$/), 'SELECT 1'],
        ['DROP FUNCTION f()'],
      ),
      { name: '10', transactional: false, up: ['VACUUM'], down: [] },
    ],
  ],
  [
    'golang-migrate: files of one version belong together, whatever they are called',
    'golang-migrate',
    {
      '0010_b.up.sql': 'CREATE INDEX CONCURRENTLY i ON a (id)',
      '0010_undo.down.sql': 'DROP INDEX CONCURRENTLY i',
      '9_a.up.sql': '\uFEFFSELECT 9;\r\nSELECT 99;\r\n',
      '9_a.down.sql': '-- nothing\n',
      '11_c.up.sql': '',
    },
    [
      one('9', ['SELECT 9', 'SELECT 99']),
      {
        name: '10',
        transactional: false,
        up: ['CREATE INDEX CONCURRENTLY i ON a (id)'],
        down: ['DROP INDEX CONCURRENTLY i'],
      },
      one('11', []),
    ],
  ],
  [
    'node-pg-migrate: sorted by number, with names that have words in them',
    'node-pg-migrate',
    {
      '10_b.sql': '-- Down Migration\nSELECT 1;\n--- Up Migration (new)\nSELECT 10;',
      '9_a thing.sql': 'SELECT 9;',
      '20260101000000000_utc.sql': '-- up migration\nSELECT 3;\n-- down migration\n',
      '1700000000000_ms.sql': 'SELECT 2;',
    },
    [
      one('9_a thing', ['SELECT 9']),
      one('10_b', ['SELECT 10'], ['SELECT 1']),
      one('1700000000000_ms', ['SELECT 2']),
      one('20260101000000000_utc', ['SELECT 3']),
    ],
  ],
  [
    'prisma: any folder with a migration.sql, in the order of the names',
    'prisma',
    {
      '0_init/migration.sql': 'SELECT 0;',
      '10_b/migration.sql': '-- This is an empty migration.',
      '9_c/migration.sql': 'BEGIN;\nSELECT 9;\nCOMMIT;',
      'words/migration.sql': 'REFRESH MATERIALIZED VIEW CONCURRENTLY v; -- concurrently',
      'migration_lock.toml': '',
      'no_file/readme.md': '',
    },
    [
      one('0_init', ['SELECT 0']),
      one('10_b', []),
      { name: '9_c', transactional: false, up: ['BEGIN', 'SELECT 9', 'COMMIT'], down: [] },
      one('words', ['REFRESH MATERIALIZED VIEW CONCURRENTLY v']),
    ],
  ],
  [
    'graphile-migrate: headers, a file that is no transaction, and the name in the ledger',
    'graphile-migrate',
    {
      '000001-first.sql': `--! Previous: -\n--! Hash: sha1:${'0'.repeat(40)}\n--! Message: first\n\nSELECT 1;\n--! split: 2-b.sql\nSELECT 2;`,
      '000002.sql': `--! Previous: sha1:${'0'.repeat(40)}\n--! Hash: sha1:${'1'.repeat(40)}\n\n--! no-transaction\nALTER SYSTEM SET x.y = 1;`,
    },
    [
      one('000001.sql', ['SELECT 1', 'SELECT 2']),
      { name: '000002.sql', transactional: false, up: ['ALTER SYSTEM SET x.y = 1'], down: [] },
    ],
  ],
  [
    'flyway: folders, versions, what is repeatable, and settings of one file',
    'flyway',
    {
      'V1_9__a.sql': 'SELECT 19;',
      'deep/V1.10__b.sql': `SELECT '\${x}';`,
      'deep/V1.10__b.sql.conf': 'placeholderReplacement=false\nexecuteInTransaction=false',
      'U1.10__b.sql': 'SELECT 0;',
      'V02__c.sql': 'VACUUM;',
      'V3.sql': 'SELECT 3;',
      'R__z view.sql': 'SELECT 5;',
      'R__a_view.sql': 'SELECT 4;',
      'afterMigrate.sql': 'SELECT 6;',
    },
    [
      one('1.9', ['SELECT 19']),
      {
        name: '1.10',
        transactional: false,
        up: [`SELECT '\${x}'`],
        down: ['BEGIN', 'SELECT 0', 'COMMIT'],
      },
      { name: '02', transactional: false, up: ['VACUUM'], down: [] },
      one('3', ['SELECT 3']),
      one('R__a_view', ['SELECT 4']),
      one('R__z_view', ['SELECT 5']),
    ],
  ],
  [
    'flyway: the migration that makes the baseline, where the versions before it are gone',
    'flyway',
    { 'B5__all.sql': 'SELECT 5;', 'B3__old.sql': 'SELECT 3;', 'V6__x.sql': 'SELECT 6;' },
    [one('5', ['SELECT 5']), one('6', ['SELECT 6'])],
  ],
  [
    'flyway: the versions, where they are still there beside their baseline',
    'flyway',
    { 'B2__all.sql': 'SELECT 0;', 'V1__a.sql': 'SELECT 1;', 'V2__b.sql': 'SELECT 2;' },
    [one('1', ['SELECT 1']), one('2', ['SELECT 2'])],
  ],
])('%s becomes revisions that run what the tool would run', async (_, tool, files, expected) => {
  expect(await revisionsOf(tool, files)).toEqual(expected)
})

test('what was imported runs, is undone, and runs again', async () => {
  const root = folderOf({
    'V1__t.sql': 'CREATE TABLE t (id integer);\nINSERT INTO t VALUES (1);',
    'V2__i.sql': 'CREATE INDEX CONCURRENTLY i ON t (id);',
    'U2__i.sql': 'DROP INDEX i;',
    'R__v.sql': 'CREATE OR REPLACE VIEW v AS SELECT id FROM t;',
  })
  const migrations = join(root, 'limbeck')
  await importHistory({ tool: 'flyway', folder: root, into: migrations })
  const database = await createDatabase()
  const options = { url: database.url, migrations, ledger: 'flyway' } as const
  await initDb(options)
  expect(await database.query('TABLE v')).toEqual([{ id: 1 }])
  const rows = await database.query(
    'SELECT version, description, script FROM flyway_schema_history',
  )
  expect(rows).toEqual([
    { version: '1', description: 't', script: 'V1__t.sql' },
    { version: '2', description: 'i', script: 'V2__i.sql' },
    { version: null, description: 'v', script: 'R__v.sql' },
  ])
  // One whose view is of an older text: it is run again, as Flyway would.
  await database.query(
    'DROP TABLE limbeck_version, limbeck_history, limbeck_progress; UPDATE flyway_schema_history SET checksum = 5 WHERE version IS NULL',
  )
  expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: { length: 1 } })
  expect((await createMigrator(options).doctor()).problems).toEqual([])
})

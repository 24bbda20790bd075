import { expect, test } from 'vitest'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { failure } from '../support/revisions.ts'
import { type Files, revisionsOf } from './dialects.ts'

test.each<[SqlTool, Files, string, Files, readonly string[]]>([
  [
    'flyway',
    {
      'flyway.conf': 'flyway.url=x\nflyway.placeholders.App_Role=app\n',
      'sql/V1__a.sql': `GRANT SELECT ON a TO \${app_role}; SELECT \${other};`,
    },
    'sql',
    { FLYWAY_PLACEHOLDERS_OTHER: '7' },
    ['GRANT SELECT ON a TO app', 'SELECT 7'],
  ],
  [
    'flyway',
    {
      'flyway.toml': '[flyway]\nvalidateOnMigrate = true\n[flyway.placeholders]\nrole = "app"\n',
      'sql/V1__a.sql': `GRANT SELECT ON a TO \${role};`,
    },
    'sql',
    {},
    ['GRANT SELECT ON a TO app'],
  ],
  [
    'graphile-migrate',
    {
      '.gmrc':
        '{ // settings\n  "placeholders": { ":VISITOR_ROLE": "visitor", ":OTHER_ROLE": "!ENV", },\n}',
      'migrations/committed/000001.sql':
        'GRANT SELECT ON a TO :VISITOR_ROLE, :OTHER_ROLE; SELECT 1::TEXT;',
    },
    'migrations/committed',
    { OTHER_ROLE: 'me' },
    ['GRANT SELECT ON a TO visitor, me', 'SELECT 1::TEXT'],
  ],
  [
    'goose',
    {
      '1_a.sql': `-- +goose ENVSUB ON\n-- +goose Up\nSELECT '\${REGION}', '$REGION', \${NO_SUCH:-1}, '\\$x';\n-- +goose ENVSUB OFF\nSELECT '\${REGION}';`,
    },
    '.',
    { REGION: 'us' },
    ["SELECT 'us', 'us', 1, '$x'", `SELECT '\${REGION}'`],
  ],
])(
  '%s: placeholders get their values, as the tool finds them',
  async (tool, files, folder, environment, up) => {
    expect((await revisionsOf(tool, files, { folder, environment }))[0]?.up).toEqual(up)
  },
)

test.each<[SqlTool, Files, RegExp]>([
  ['flyway', { 'V1__a.sql': `SELECT 1;\nSELECT \${x};` }, /^V1__a\.sql:2: .*\$\{x\}/],
  ['goose', { '1_a.sql': '-- +goose Up\n-- +goose ENVSUB ON\nSELECT $X;' }, /^1_a\.sql:3: .*\$X/],
  [
    'graphile-migrate',
    { '000001.sql': 'ALTER DATABASE :DATABASE_NAME SET x.y = 1;' },
    /:DATABASE_NAME/,
  ],
])('%s: a placeholder without a value is refused with its line', async (tool, files, message) => {
  const error = await failure(revisionsOf(tool, files))
  expect(error.code).toBe('LIMBECK_INVALID_FILE')
  expect(error.message).toMatch(message)
  expect(error.details.hint).toMatch(/^Set /)
})

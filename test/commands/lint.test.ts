import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lint } from '../../src/commands/lint.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { readProject, tempFolder } from './temp-folder.ts'

/** What lint says of one revision with this upgrade, `line code` each; the first line of the body is 0. */
async function findings(upgrade: string, head: readonly string[] = [], down = 'SELECT 1;') {
  const { path, sql } = await revisionFolder()
  await sql('a1', { up: upgrade, down, head })
  const { findings } = await lint(...(await readProject(path, ['.'])), { all: true })
  return findings.map((finding) => ({
    ...finding,
    at: `${(finding.line ?? 0) - (7 + head.length)} ${finding.code}`,
  }))
}

const codes = async (upgrade: string, head?: readonly string[]) =>
  (await findings(upgrade, head)).map(({ at }) => at)

describe('a statement that holds the application up', () => {
  test('is found on its line of the file, with the safe way to write it', async () => {
    const [found, ...others] = await findings('SELECT 1;\n\nCREATE INDEX i\n  ON users (name);\n')
    expect(others).toEqual([])
    expect(found).toMatchObject({
      at: '2 require-concurrent-index-creation',
      severity: 'error',
      revision: 'a1',
      file: expect.stringMatching(/a1_test\.sql$/),
      hint: expect.stringContaining(
        'CONCURRENTLY, into a revision of its own with "-- transaction: none"',
      ),
    })
  })

  test.each([
    ['ALTER TABLE users ADD CONSTRAINT u UNIQUE (name);', 'disallowed-unique-constraint'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);', 'constraint-missing-not-valid'],
    [
      'ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (t) REFERENCES teams (id);',
      'adding-foreign-key-constraint',
    ],
    ['ALTER TABLE users ALTER COLUMN name SET NOT NULL;', 'adding-not-nullable-field'],
    ['REINDEX INDEX i;', 'require-concurrent-reindex'],
    ['TRUNCATE users CASCADE;', 'ban-truncate-cascade'],
  ])('is found: %s', async (statement, code) => {
    expect(await codes(statement)).toContain(`0 ${code}`)
  })

  test('is found once where two statements share a line, on the one that does it', async () => {
    const upgrade =
      'CREATE TABLE fresh (id int); CREATE INDEX a ON fresh (id); CREATE INDEX b ON users (id);'
    expect(await codes(upgrade)).toEqual(['0 require-concurrent-index-creation'])
  })

  test('is a warning where the models leave no other way', async () => {
    const found = await findings('ALTER TABLE users ALTER COLUMN age TYPE bigint;')
    expect(found).toMatchObject([{ code: 'changing-column-type', severity: 'warning' }])
  })
})

describe('what the runner sees to is no finding', () => {
  test.each([
    [
      'timeouts, statements without IF NOT EXISTS, types of the models',
      "ALTER TABLE users ADD COLUMN n int;\nCREATE TYPE mood AS ENUM ('a');\nALTER TYPE old ADD VALUE 'b';\nDROP INDEX i;",
      [],
    ],
    [
      'tables that the same revision makes',
      'CREATE TABLE t (id serial PRIMARY KEY, n varchar(10), at timestamp);\nCREATE INDEX i ON t (n);\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES users (name);\nALTER TABLE "t" ALTER COLUMN n SET NOT NULL;\nALTER TABLE t ALTER n TYPE text;\nDROP TABLE t;',
      [],
    ],
    [
      'tables that a revision without a transaction makes',
      'CREATE TABLE t (id int);\nCREATE INDEX i ON t (id);',
      ['transaction: none'],
    ],
    [
      'the online forms',
      'CREATE INDEX CONCURRENTLY i ON users (name);\nALTER TABLE users ADD CONSTRAINT c CHECK (name IS NOT NULL) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT c;\nALTER TABLE users ALTER COLUMN name SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT c;\nALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX i;',
      ['transaction: none'],
    ],
  ])('%s is let through', async (_, upgrade, head) => {
    expect(await codes(upgrade, head)).toEqual([])
  })

  test('but validating in the transaction that added the constraint is', async () => {
    const upgrade =
      'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT c;'
    expect(await codes(upgrade)).toEqual(['1 constraint-missing-not-valid'])
  })
})

test('what breaks the release before is a finding unless the head says compatible: no', async () => {
  const upgrade =
    'ALTER TABLE users DROP COLUMN name;\nALTER TABLE users RENAME COLUMN a TO b;\nDROP TABLE teams;'
  expect(await codes(upgrade)).toEqual([
    '0 ban-drop-column',
    '1 renaming-column',
    '2 ban-drop-table',
  ])
  expect(await codes(upgrade, ['compatible: yes'])).toHaveLength(3)
  expect(await codes(upgrade, ['compatible: no'])).toEqual([])
})

describe('an exception by comment', () => {
  const rule = 'require-concurrent-index-creation'
  const index = 'CREATE INDEX i ON users (name);'

  test.each([
    ['above the statement', `-- lint: allow ${rule} the table has ten rows\n${index}`],
    [
      'above other comments and an empty line',
      `-- lint: allow ${rule} small\n-- for search\n\n${index}`,
    ],
    ['inside it', `CREATE INDEX i\n  -- lint: allow ${rule} small\n  ON users (name);`],
    ['behind it', `${index} -- lint: allow ${rule} small`],
  ])('%s allows what it names', async (_, upgrade) => {
    expect(await codes(upgrade)).toEqual([])
  })

  test('is for one statement and one rule only', async () => {
    expect(
      await codes(`-- lint: allow ${rule} small\n${index}\nCREATE INDEX j ON users (age);`),
    ).toEqual([`2 ${rule}`])
    expect(await codes(`-- lint: allow renaming-table small\n${index}`)).toEqual([
      '0 exception-without-use',
      `1 ${rule}`,
    ])
  })

  test('without a reason is a finding of its own', async () => {
    expect(await findings(`-- lint: allow ${rule}\n${index}`)).toMatchObject([
      {
        at: '0 exception-without-reason',
        severity: 'error',
        hint: `Write it as \`-- lint: allow ${rule} <reason>\`.`,
      },
    ])
    expect(await codes(`-- lint: allow\n${index}`)).toEqual([
      '0 exception-without-reason',
      `1 ${rule}`,
    ])
  })

  test('that nothing needs is a warning, in the upgrade only', async () => {
    expect(await findings(`SELECT 1; -- lint: allow ${rule} small`)).toMatchObject([
      { code: 'exception-without-use', severity: 'warning' },
    ])
    expect(await findings('SELECT 1;', [], `-- lint: allow ${rule} small\nSELECT 1;`)).toEqual([])
  })

  test('in the words of squawk does not count: it gives no reason', async () => {
    expect(await codes(`-- squawk-ignore ${rule}\n${index}`)).toEqual([`1 ${rule}`])
  })
})

describe('which revisions are looked at', () => {
  const bad = 'CREATE INDEX i ON users (name);'

  async function threeRevisions() {
    const { path, sql, ts } = await revisionFolder()
    await sql('a1', { up: bad })
    await sql('b2', { revises: 'a1', up: bad })
    await sql('c3', { revises: 'b2', up: bad })
    await ts(
      'd4',
      "export const revision = 'd4'\nexport const downRevision = 'c3'\nexport async function upgrade() {}\nexport async function downgrade() {}\n",
    )
    return { path, project: await readProject(path, ['.']) }
  }

  test('those after --since, a range, an id, a file; never TypeScript', async () => {
    const { path, project } = await threeRevisions()
    const linted = async (options: Parameters<typeof lint>[2]) =>
      (await lint(...project, options)).linted
    expect(await linted({ since: 'a1' })).toEqual(['b2', 'c3'])
    expect(await linted({ revisions: ['b2:c3'] })).toEqual(['b2', 'c3'])
    expect(await linted({ revisions: ['b2', 'd4'] })).toEqual(['b2'])
    expect(await linted({ revisions: [join(path, 'c3_test.sql')] })).toEqual(['c3'])
    expect(await linted({ all: true })).toEqual(['a1', 'b2', 'c3'])
    expect(await lint(...project, { revisions: ['d4'] })).toEqual({ findings: [], linted: [] })
  })

  test('a file that is no revision is refused', async () => {
    const { project } = await threeRevisions()
    const error = await failure(lint(...project, { revisions: ['./other.sql'] }))
    expect(error.code).toBe('LIMBECK_NO_SUCH_REVISION')
  })
})

test('the reference service lints clean', async () => {
  const report = await lint(...(await readProject('.')), { all: true })
  expect(report.linted.length).toBeGreaterThan(5)
  expect(report.findings).toEqual([])
})

test('SQL that does not parse is refused with its line', async () => {
  const root = tempFolder({
    'a1_x.sql':
      '-- x\n-- revision: a1\n-- revises:\n\n-- +upgrade\nSELECT FROM WHERE;\n\n-- +downgrade\nSELECT 1;\n',
  })
  const error = await failure(lint(...(await readProject(root, ['.'])), { all: true }))
  expect(error).toMatchObject({ code: 'LIMBECK_SQL_SYNTAX', details: { line: 6 } })
})

test('a squawk that does not answer is refused, saying which one to install', async () => {
  const root = tempFolder({
    'migrations/a1_x.sql':
      '-- x\n-- revision: a1\n-- revises:\n\n-- +upgrade\nSELECT 1;\n\n-- +downgrade\nSELECT 1;\n',
    'node_modules/squawk-cli/js/index.js': "exports.getBinaryPath = () => '/bin/true'",
  })
  const error = await failure(lint(...(await readProject(root)), { all: true }))
  expect(error).toMatchObject({
    code: 'LIMBECK_LINTER_FAILED',
    details: { hint: expect.stringContaining('npm i -D squawk-cli') },
  })
})

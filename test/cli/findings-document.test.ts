import { expect, test } from 'vitest'
import { findingsDocument } from '../../src/cli/format/findings-document.ts'

const findings = [
  {
    code: 'edited-file',
    severity: 'error',
    message: 'a | b was <edited>',
    hint: 'Restore it.',
    file: '/p/migrations/a1.sql',
    line: 3,
  },
  {
    code: 'pending',
    severity: 'warning',
    message: 'b1 is pending',
    hint: 'Run it.',
    revision: 'b1',
  },
] as const

const write = (format: 'markdown' | 'gitlab' | 'junit' | 'sarif') =>
  findingsDocument(format, findings, 'Checked: 1 error.', '/p')

test('Markdown is a table whose cells hold what the findings say', () => {
  const text = write('markdown')
  expect(text).toMatch(/^<!-- limbeck -->\n/)
  expect(text).toContain('| error | migrations/a1.sql:3 | `edited-file` | a \\| b was <edited> |')
  expect(text.trimEnd()).toMatch(/Checked: 1 error\.$/)
})

test('GitLab gets a place and a fingerprint of each finding', () => {
  expect(JSON.parse(write('gitlab'))).toMatchObject([
    { check_name: 'edited-file', severity: 'major', location: { path: 'migrations/a1.sql' } },
    { check_name: 'pending', severity: 'minor', fingerprint: 'pending b1 b1' },
  ])
})

test('JUnit counts errors as failures, and is XML', () => {
  const text = write('junit')
  expect(text).toContain('tests="2" failures="1"')
  expect(text).toContain('<failure message="a | b was &lt;edited&gt;">Restore it.</failure>')
})

test('SARIF has a rule and a result for each kind', () => {
  const { version, runs } = JSON.parse(write('sarif'))
  expect(version).toBe('2.1.0')
  expect(runs[0].results).toHaveLength(2)
  expect(runs[0].results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'migrations/a1.sql' },
    region: { startLine: 3 },
  })
})

import type { Finding } from '../../migrator.ts'
import { shortPath } from './format.ts'

/** What CI systems read of `check` and `lint`, beside GitHub's annotations. */
export const findingFormats = ['text', 'markdown', 'gitlab', 'junit', 'sarif'] as const
export type FindingFormat = (typeof findingFormats)[number]

/** Findings as a document of another tool; `done` is the last line of the text form. */
export function findingsDocument(
  format: Exclude<FindingFormat, 'text'>,
  findings: readonly Finding[],
  done: string,
  cwd: string,
): string {
  const write = { markdown, gitlab, junit, sarif }[format]
  return write(
    findings.map((finding) => ({
      ...finding,
      file:
        finding.file === undefined ? undefined : shortPath(finding.file, cwd).replaceAll('\\', '/'),
    })),
    done,
  )
}

type LocatedFinding = Omit<Finding, 'file'> & { readonly file: string | undefined }

/** A table for a pull request's comment. */
function markdown(findings: readonly LocatedFinding[], done: string): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', '<br>')
  const rows = findings.map(
    (finding) =>
      `| ${finding.severity} | ${cell(locationOf(finding))} | \`${finding.code}\` | ${cell(finding.message)} | ${cell(finding.hint)} |`,
  )
  const table = ['| | where | code | what | what to do |', '|---|---|---|---|---|', ...rows, '']
  return ['<!-- limbeck -->', '### Limbeck', '', ...(rows.length === 0 ? [] : table), done].join(
    '\n',
  )
}

/** GitLab's code quality report. */
function gitlab(findings: readonly LocatedFinding[]): string {
  const severities = { error: 'major', warning: 'minor', skipped: 'info' }
  return asJson(
    findings.map((finding) => ({
      description: finding.message,
      check_name: finding.code,
      fingerprint: [finding.code, finding.revision, locationOf(finding)].filter(Boolean).join(' '),
      severity: severities[finding.severity],
      location: {
        path: finding.file ?? 'limbeck.config.ts',
        lines: { begin: finding.line ?? 1 },
      },
    })),
  )
}

function junit(findings: readonly LocatedFinding[]): string {
  const cases = findings.map((finding) => {
    const name = `${finding.code} ${locationOf(finding)}`.trim()
    const body =
      finding.severity === 'error'
        ? `<failure message="${xml(finding.message)}">${xml(finding.hint)}</failure>`
        : `<system-out>${xml(`${finding.message}\n${finding.hint}`)}</system-out>`
    return `  <testcase classname="limbeck" name="${xml(name)}">${body}</testcase>`
  })
  const failures = findings.filter(({ severity }) => severity === 'error').length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="limbeck" tests="${findings.length}" failures="${failures}">`,
    ...cases,
    '</testsuite>',
  ].join('\n')
}

function sarif(findings: readonly LocatedFinding[]): string {
  const levels = { error: 'error', warning: 'warning', skipped: 'note' }
  const rules = [...new Set(findings.map(({ code }) => code))].map((id) => ({ id }))
  const results = findings.map(({ code, severity, message, hint, file, line }) => ({
    ruleId: code,
    level: levels[severity],
    message: { text: `${message}\n${hint}` },
    locations: file
      ? [
          {
            physicalLocation: {
              artifactLocation: { uri: file },
              region: { startLine: line ?? 1 },
            },
          },
        ]
      : [],
  }))
  return asJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'limbeck', rules } }, results }],
  })
}

const asJson = (value: unknown): string => JSON.stringify(value, null, 2)

const locationOf = ({ file, line, revision }: LocatedFinding): string =>
  file === undefined ? (revision ?? '') : `${file}${line === undefined ? '' : `:${line}`}`

const xml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')

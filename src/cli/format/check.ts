import { LimbeckError } from '../../errors.ts'
import type { Finding } from '../../migrator.ts'
import type { CommandContext } from '../cli-command.ts'
import type { Tone } from '../paint.ts'
import { findingFormats, findingsDocument } from './findings-document.ts'
import { shortPath } from './format.ts'

const tones: Readonly<Record<Finding['severity'], Tone>> = {
  error: 'bad',
  warning: 'mark',
  skipped: 'faint',
}

/** `check` and `lint`: what was found, where, what to do, then `done` with the result; in CI as annotations. */
export function formatFindings(
  context: CommandContext,
  findings: readonly Finding[],
  done: string,
): string {
  const { io, paint, flags } = context
  const format = findingFormats.find((each) => each === flags.format) ?? 'text'
  const inGitHub = flags.annotations ?? io.env.GITHUB_ACTIONS === 'true'
  const lines = findings.flatMap((finding) =>
    inGitHub ? [annotation(finding, io.cwd)] : block(finding, context),
  )
  const count = countErrors(findings)
  const others = findings.length - count
  const beside = others === 0 ? '' : `, ${others} to know of`
  const good = others === 0 ? 'nothing is wrong' : goodSoFar(findings)
  const result = count > 0 ? problems(count) : good
  const last = (text: string) => `${done}: ${text}${beside}.`
  if (format !== 'text') return findingsDocument(format, findings, last(result), io.cwd)
  return [...lines, last(paint(count === 0 ? 'good' : 'bad', result))].join('\n')
}

/** Nothing is only said to be right where all of it was looked at. */
const goodSoFar = (findings: readonly Finding[]): string =>
  findings.some(({ severity, code }) => severity === 'skipped' || /not-\w+$/.test(code))
    ? 'no error, but not all was compared'
    : 'no error'

/** The option of `check` and `lint`, and what is wrong with its value. */
export const formatOption = [
  '--format <format>',
  'text (default), markdown, gitlab (code quality), junit or sarif',
] as const

export const wrongFormat = (format: string | undefined): string | null =>
  format === undefined || findingFormats.some((each) => each === format)
    ? null
    : `option '--format' is one of ${findingFormats.join(', ')}`

/** LIMBECK_FINDINGS where a finding is an error: exit code 1. */
export function failureOf(findings: readonly Finding[]): LimbeckError | undefined {
  const count = countErrors(findings)
  return count === 0 ? undefined : new LimbeckError('LIMBECK_FINDINGS', problems(count))
}

function block(finding: Finding, { io, paint }: CommandContext): readonly string[] {
  const { severity, code, message, hint } = finding
  const where = locationOf(finding, io.cwd)
  return [
    `${paint(tones[severity], severity)} ${where === '' ? '' : `${where} `}${paint('faint', code)}: ${message}`,
    `  ${paint('faint', 'hint:')} ${hint}`,
  ]
}

function locationOf({ file, line, revision }: Finding, cwd: string): string {
  if (file === undefined) return revision ?? ''
  return `${shortPath(file, cwd)}${line === undefined ? '' : `:${line}`}`
}

/** GitHub's workflow command; a line break or a `,` in it would end it. */
function annotation({ severity, code, message, hint, file, line }: Finding, cwd: string): string {
  const level = { error: 'error', warning: 'warning', skipped: 'notice' }[severity]
  const properties = [
    ...(file === undefined ? [] : [`file=${escaped(shortPath(file, cwd), /[:,]/g)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escaped(code, /[:,]/g)}`,
  ]
  return `::${level} ${properties.join(',')}::${escaped(`${message}\n${hint}`)}`
}

function escaped(text: string, further?: RegExp): string {
  const percent = (character: string) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  const basic = text.replace(/[%\r\n]/g, percent)
  return further === undefined ? basic : basic.replace(further, percent)
}

const countErrors = (findings: readonly Finding[]) =>
  findings.filter(({ severity }) => severity === 'error').length

const problems = (count: number) => (count === 1 ? '1 error' : `${count} errors`)

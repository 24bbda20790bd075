import { AssertionError } from 'node:assert'
import type { CheckReport } from '../index.ts'

/** For `expect.extend(matchers)` of Vitest, Jest and Bun: `expect(await migrator.check()).toAgree()`. */
export const matchers = {
  toAgree(report: CheckReport) {
    const wrong = disagreements(report)
    return {
      pass: wrong === '',
      message: () =>
        wrong === '' ? 'models and revisions agree, and were expected not to' : wrong,
    }
  },
}

/** The same for `node:test`: throws an AssertionError that lists what `check` has found. */
export function assertAgrees(report: CheckReport): void {
  const message = disagreements(report)
  if (message !== '') throw new AssertionError({ message, actual: report.findings, expected: [] })
}

/** Only errors: a warning does not fail `limbeck check` either. */
function disagreements({ findings }: CheckReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return ''
  const lines = errors.map(({ code, message, hint }) => `  ${code}: ${message}\n    ${hint}`)
  return `models and revisions do not agree:\n${lines.join('\n')}`
}

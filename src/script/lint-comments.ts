import { lineAt } from '../sql/line-at.ts'
import { sqlParts } from '../sql/text.ts'
import { parseSqlHeader } from './sql-script.ts'

/** A comment that allows what a rule of the linter forbids: `-- lint: allow <rule> <reason>`. */
export interface LintException {
  readonly line: number
  readonly rule: string
  /** Empty when none is given. */
  readonly reason: string
}

/** The exceptions in the upgrade of a `.sql` revision, in order; a line with several rules gives one each. */
export function readLintExceptions(file: string, text: string): readonly LintException[] {
  const exceptions: LintException[] = []
  for (const part of sqlParts(text, parseSqlHeader(file, text).bodyStart)) {
    if (part.kind !== 'line comment') continue
    const comment = text.slice(part.start, part.end).trim()
    if (/^--[ \t]*\+downgrade$/.test(comment)) break
    const [, rules, reason = ''] = /^--\s*lint:\s*allow\b\s*(\S*)\s*(.*)$/.exec(comment) ?? []
    if (rules === undefined) continue
    const line = lineAt(text, part.start)
    exceptions.push(...rules.split(',').map((rule) => ({ line, rule, reason: reason.trim() })))
  }
  return exceptions
}

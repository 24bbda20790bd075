import { LimbeckError } from '../../errors.ts'
import type { Word } from '../cli-command.ts'
import { failureOf, formatFindings, formatOption, wrongFormat } from '../format/check.ts'

export const lint: Word = {
  name: 'lint',
  summary: 'find SQL that holds the application up or breaks it',
  arguments: [
    ['[revisions...]', 'ids, ranges FROM:TO or files (default: what is pending in the database)'],
  ],
  options: [
    ['--since <revision>', 'everything that is not below this revision; needs no database'],
    ['--all', 'every revision; needs no database'],
    formatOption,
    ['--annotations', 'print GitHub annotations (default where GITHUB_ACTIONS is true)'],
  ],
  exclusive: ['since', 'all'],
  misuse: ({ format }) => wrongFormat(format),
  example: 'npx limbeck lint --since 4c1d0e8a9b77',
  async run(session, revisions) {
    const { since, all } = session.flags
    const needs = revisions.length > 0 || since !== undefined || all === true ? 'files' : undefined
    const report = await (await session.migrator(needs).catch(withoutDatabase)).lint({
      revisions,
      since,
      all,
    })
    const { findings, linted } = report
    return {
      data: report,
      text: formatFindings(session, findings, `Linted ${countOf(linted.length, 'revision')}`),
      failure: failureOf(findings),
    }
  },
}

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function withoutDatabase(error: unknown): never {
  if (!(error instanceof LimbeckError) || error.message !== 'there is no database URL') throw error
  throw new LimbeckError(error.code, 'there is no database that says what is new', {
    hint: 'Say what to lint: --since <revision>, --all, or the revisions themselves.',
  })
}

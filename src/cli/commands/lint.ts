import { LimbeckError } from '../../errors.ts'
import type { CliCommand } from '../cli-command.ts'
import { failureOf, formatFindings, formatOption, wrongFormat } from '../format/check.ts'

export const lint: CliCommand = {
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
  validate: ({ format }) => wrongFormat(format),
  example: 'npx limbeck lint --since 4c1d0e8a9b77',
  async run(context, revisions) {
    const { since, all } = context.flags
    const needs = revisions.length > 0 || since !== undefined || all === true ? 'files' : undefined
    const report = await (await context.migrator(needs).catch(withoutDatabase)).lint({
      revisions,
      since,
      all,
    })
    const { findings, linted } = report
    return {
      data: report,
      text: formatFindings(context, findings, `Linted ${countOf(linted.length, 'revision')}`),
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

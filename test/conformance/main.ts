import { readFileSync } from 'node:fs'
import { answer } from './answer.ts'
import { whyNot } from './carry-out.ts'
import type { Case } from './case.ts'
import { bothVerdicts, formatVerdicts, judge, type Verdict } from './judge.ts'
import { judgeOnDatabase } from './on-database.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const files = argv.filter((argument) => !argument.startsWith('--'))
  const flags = argv.filter((argument) => argument.startsWith('--'))
  if (flags.some((flag) => flag !== '--database') || files.length === 0) {
    console.error('Usage: npm run conformance -- FILE… [--database]')
    return 2
  }
  const cases = files.flatMap(readCases)
  const planned = cases.map((fact) => judge(fact, answer(fact)))
  const verdicts = flags.length > 0 ? await withDatabase(cases, planned) : planned
  for (const line of formatVerdicts(verdicts)) console.log(line)
  return verdicts.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

function readCases(file: string): readonly Case[] {
  return JSON.parse(readFileSync(file, 'utf8')).cases
}

/** Each case's verdict with that of the database, where it can be carried out; says first how many and why not all. */
async function withDatabase(
  cases: readonly Case[],
  planned: readonly Verdict[],
): Promise<readonly Verdict[]> {
  const { server, verdicts } = await judgeOnDatabase(cases)
  console.log(`${verdicts.size} carried out on PostgreSQL (${server})`)
  const reasons = cases.flatMap((fact) => whyNot(fact) ?? [])
  for (const reason of new Set(reasons)) {
    const count = reasons.filter((each) => each === reason).length
    console.log(`${count} left to the graph alone: ${reason}`)
  }
  return planned.map((verdict, index) => bothVerdicts(verdict, verdicts.get(index)))
}

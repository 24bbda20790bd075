import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { answer } from '../conformance/answer.ts'
import type { Case } from '../conformance/case.ts'
import { formatVerdicts, judge } from '../conformance/judge.ts'

const file =
  process.env.LIMBECK_CONFORMANCE ??
  fileURLToPath(new URL('../../../shared/conformance/alembic-cases.json', import.meta.url))

test('every fact about Alembic is followed or counted apart', ({ skip }) => {
  if (!existsSync(file)) skip(`no conformance file at ${file}; LIMBECK_CONFORMANCE names another`)
  const cases: readonly Case[] = JSON.parse(readFileSync(file, 'utf8')).cases
  const verdicts = cases.map((fact) => judge(fact, answer(fact)))
  const failed = verdicts.filter(({ outcome }) => outcome === 'failed')
  expect(formatVerdicts(failed)).toEqual(['0 passed, 0 failed'])
})

import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LimbeckError } from '../errors.ts'
import type { ApprovedPlan } from '../migrator.ts'
import { shellWord } from '../script/shell-word.ts'
import type { Io } from './io.ts'

/** The plan that a file holds; null where there is no such file. Throws LIMBECK_INVALID_OPTION. */
export async function readPlanFile({ cwd }: Io, name: string): Promise<ApprovedPlan | null> {
  const file = resolve(cwd, name)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw unusable(file, `could not read the plan: ${error.message}`, 'Name another file.')
  })
  if (text === null) return null
  const plan = parse(text)
  if (isPlan(plan)) return plan
  throw unusable(
    file,
    `${name} is not a plan that upgrade has written`,
    `Name another file, or write the plan again: \`npx limbeck upgrade --plan --plan-file ${shellWord(name)}\`.`,
  )
}

export async function writePlanFile({ cwd }: Io, name: string, plan: ApprovedPlan): Promise<void> {
  const file = resolve(cwd, name)
  await writeFile(file, `${JSON.stringify(plan, null, 2)}\n`).catch((cause: Error) => {
    throw unusable(file, `could not write the plan: ${cause.message}`, 'Name another file.')
  })
}

function unusable(file: string, message: string, hint: string): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', message, { file, hint })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isPlan(value: unknown): value is ApprovedPlan {
  const { target, from, to, steps } = (value ?? {}) as Partial<Record<keyof ApprovedPlan, unknown>>
  const areTexts = (all: unknown) =>
    Array.isArray(all) && all.every((each) => typeof each === 'string')
  const areSteps =
    Array.isArray(steps) &&
    steps.every((step) => typeof step?.revision === 'string' && typeof step.hash === 'string')
  return typeof target === 'string' && areTexts(from) && areTexts(to) && areSteps
}

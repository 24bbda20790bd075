import type { Warning } from '../autogenerate/first-causes.ts'
import { LimbeckError } from '../errors.ts'

/** Why not everything of the models was compared, in an error; null when everything was. */
export function notCompared(all: readonly Warning[], done: string): LimbeckError | null {
  const warnings = all.filter(({ isNote }) => isNote !== true)
  if (warnings.length === 0) return null
  const lines = warnings.map(({ object, message }) => `- ${object}: ${message}`)
  const hints = [...new Set(warnings.flatMap(({ hint }) => hint ?? []))]
  return new LimbeckError(
    'LIMBECK_NOT_COMPARED',
    `not everything of the models could be compared with the database; ${done}\n${lines.join('\n')}`,
    { hint: hints.join('\n') },
  )
}

/** Throws LIMBECK_NOT_COMPARED where something of the models could not be compared. */
export function requireCompared(warnings: readonly Warning[]): void {
  const error = notCompared(warnings, 'nothing was written')
  if (error !== null) throw error
}

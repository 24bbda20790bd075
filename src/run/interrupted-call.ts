import { LimbeckError } from '../errors.ts'
import type { Direction } from '../revision/revision.ts'
import type { Statement } from '../script/script.ts'
import type { Session } from '../session/session.ts'

/**
 * What becomes of a CALL or DO that commits by itself and was interrupted, so that it is not known how far it came: what the
 * file (`-- rerunnable`) or the person says. Throws LIMBECK_INTERRUPTED_CALL with the two words to type.
 */
export function interruptedCall(
  { config }: Session,
  direction: Direction,
  statement: Statement,
): 'done' | 'again' {
  if (config.interrupted !== undefined) return config.interrupted
  if (statement.rerunnable) return 'again'
  const command = direction === 'upgrade' ? 'npx limbeck upgrade' : 'npx limbeck downgrade <target>'
  throw new LimbeckError(
    'LIMBECK_INTERRUPTED_CALL',
    'this statement commits by itself and was interrupted: how far it came is not known',
    {
      hint: `Find out what it has done. If all of it: \`${command} --interrupted done\`. If it may run again as a whole: \`${command} --interrupted again\`, or write \`-- rerunnable\` above it.`,
    },
  )
}

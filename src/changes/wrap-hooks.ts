import type { AutogenerateOptions, EditOperations } from '../config/autogenerate-options.ts'
import { LimbeckError } from '../errors.ts'

/** The functions of the configuration, which say which one it was when they throw: LIMBECK_HOOK_FAILED. */
export function namedHooks({
  compareType,
  compareDefault,
  operations,
}: AutogenerateOptions): Pick<
  AutogenerateOptions,
  'compareType' | 'compareDefault' | 'operations'
> {
  return {
    compareType: named('compareType', compareType),
    compareDefault: named('compareDefault', compareDefault),
    operations: named('operations', operations && listed(operations)),
  }
}

/** A hook written in JavaScript may forget to return. */
function listed(edit: EditOperations): EditOperations {
  return (operations, of) => {
    const edited: unknown = edit(operations, of)
    if (Array.isArray(edited)) return edited
    throw new TypeError('it has to return the operations')
  }
}

function named<Given extends unknown[], Result>(
  option: keyof AutogenerateOptions,
  hook: ((...given: Given) => Result) | undefined,
) {
  if (hook === undefined) return undefined
  return (...given: Given): Result => {
    try {
      return hook(...given)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LimbeckError('LIMBECK_HOOK_FAILED', `autogenerate.${option} threw: ${reason}`, {
        cause,
        hint: 'Correct that function; nothing was written.',
      })
    }
  }
}

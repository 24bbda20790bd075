import { LimbeckError } from '../../errors.ts'

/** Refuses `construct` of the named `object` with LIMBECK_UNSUPPORTED_MODEL: nothing of a model is dropped silently. */
export function refuse(object: string, construct: string, hint?: string): never {
  const facts = hint === undefined ? {} : { hint }
  throw new LimbeckError('LIMBECK_UNSUPPORTED_MODEL', `${object}: ${construct}`, facts)
}

/** What `read` returns; what it throws becomes the cause of a LIMBECK_UNSUPPORTED_MODEL that names the object. */
export function reading<T>(object: string, part: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof LimbeckError && cause.message.startsWith(object)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LimbeckError('LIMBECK_UNSUPPORTED_MODEL', `${object}: ${part}: ${reason}`, { cause })
  }
}

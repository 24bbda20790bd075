import { LimbeckError } from '../errors.ts'

/** PostgreSQL does not run embedded, and what to do about it. */
export function embeddedFailed(message: string, hint: string, cause?: unknown): LimbeckError {
  return new LimbeckError('LIMBECK_EMBEDDED_FAILED', message, { cause, hint })
}

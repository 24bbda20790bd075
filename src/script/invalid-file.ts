import { basename } from 'node:path'
import { LimbeckError } from '../errors.ts'

/**
 * The LIMBECK_INVALID_FILE error for one location in a revision file: `fact` says what is wrong there,
 * `hint` what to write instead.
 */
export function invalidFile(
  file: string,
  line: number | undefined,
  fact: string,
  hint: string,
  cause?: unknown,
): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_FILE', `${locationOf(file, line)}: ${fact}`, {
    file,
    hint,
    ...(line === undefined ? {} : { line }),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** `name.sql:12`, the way messages of this layer name a location. */
export function locationOf(file: string, line?: number): string {
  return line === undefined ? basename(file) : `${basename(file)}:${line}`
}

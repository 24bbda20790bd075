import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { LimbeckError } from '../errors.ts'

/**
 * The absolute path of a file or folder: a path is relative to `root` (default: the working directory), a `file:` URL is
 * what `new URL('./migrations/', import.meta.url)` makes. Throws LIMBECK_INVALID_OPTION for anything else.
 */
export function filePath(option: string, value: unknown, root = ''): string {
  const text = value instanceof URL ? value.href : value
  if (typeof text !== 'string' || text === '') throw notAPath(option, value)
  if (!(value instanceof URL) && !text.startsWith('file:')) return path.resolve(root, text)
  try {
    return path.resolve(fileURLToPath(text))
  } catch (cause) {
    throw notAPath(option, text, cause)
  }
}

function notAPath(option: string, value: unknown, cause?: unknown): LimbeckError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : typeof value
  return new LimbeckError('LIMBECK_INVALID_OPTION', `option ${option} is ${shown}`, {
    cause,
    hint: "Give a path, or a file: URL such as new URL('./migrations/', import.meta.url).",
  })
}

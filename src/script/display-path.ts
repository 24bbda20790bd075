import path from 'node:path'

/** A file as a person would name it: relative to the working directory where it lies below it. */
export function displayPath(file: string): string {
  const relative = path.relative('', file)
  return relative.startsWith('..') ? file : relative
}

import { extname } from 'node:path'

/** Ends of files that can be imported. */
export const moduleEnds: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Whether a file of this name may hold models: declarations and tests do not. */
export const isModule = (name: string): boolean =>
  moduleEnds.includes(extname(name)) && !/\.(?:d\.[mc]?ts|(?:test|spec)\.[mc]?[jt]s)$/.test(name)

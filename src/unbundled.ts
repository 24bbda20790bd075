import type { Module } from 'node:module'
import { getBuiltinModule } from 'node:process'
import { pathToFileURL } from 'node:url'

// What is named only at run time: bundlers that meet `createRequire` or `import()` would look for it while they bundle, find
// packages that the service does not need, or put an error in its place.

/** `require` as it is in `file`. */
export function requireFrom(file: string): NodeJS.Require {
  return (getBuiltinModule('node:module') as typeof Module).createRequire(file)
}

/** Imports a file from where it is. */
export function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(file).href)
}

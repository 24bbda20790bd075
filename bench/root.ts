import { readFileSync } from 'node:fs'

/** Limbeck's own folder, seen from these sources as well as from what is built of them. */
export const root: URL = findRoot(new URL('.', import.meta.url))

function findRoot(folder: URL): URL {
  try {
    const { name } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
    if (name === 'limbeck') return folder
  } catch {
    // No package begins here.
  }
  return findRoot(new URL('..', folder))
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What a test file needs: nothing, a PostgreSQL server, or a server and processes of its own. */
export type Tier = 'unit' | 'database' | 'process'

const STARTS_PROCESSES = /node:child_process|\bfork\(|\bdist\/|models\/(?:read-models|fork-child)/
const USES_SERVER = /inject\('serverUrl'\)|\bstartServer\(/

/** Sorts the test files by what they and the files of `test/` that they import do. Nobody has to keep a list. */
export function sortTests(): Readonly<Record<Tier, readonly string[]>> {
  const tiers: Record<Tier, string[]> = { unit: [], database: [], process: [] }
  for (const name of readdirSync('test', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue
    const file = `test/${name.replaceAll(path.sep, '/')}`
    tiers[tierOf(textsOf(file, new Set()))].push(file)
  }
  return tiers
}

function tierOf(texts: readonly string[]): Tier {
  if (texts.some((text) => STARTS_PROCESSES.test(text))) return 'process'
  return texts.some((text) => USES_SERVER.test(text)) ? 'database' : 'unit'
}

/** A test and what it imports of `test/`. */
function textsOf(file: string, seen: Set<string>): readonly string[] {
  if (seen.has(file) || !existsSync(file)) return []
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const imported = [...text.matchAll(/\bfrom '(\.[^']+)'/g)]
    .map(([, to = '']) => path.posix.join(path.posix.dirname(file), to))
    .filter((to) => to.startsWith('test/'))
  return [text, ...imported.flatMap((to) => textsOf(to, seen))]
}

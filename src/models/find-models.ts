import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { isModule, moduleEnds } from '../config/module-name.ts'
import { LimbeckError } from '../errors.ts'
import { unbuiltAt } from '../script/import-hint.ts'

/** Where models are: a file, a pattern, a folder or a package, or several of them. */
export type ModelPaths = string | readonly string[]

/** What to import: absolute paths, and packages that are named. */
export interface ModelSources {
  /** By path and then by name; each once. */
  readonly sources: readonly string[]
  /** Where packages are looked for, and what messages are relative to. */
  readonly root: string
}

/**
 * Finds the modules as drizzle-kit's `schema` does: a pattern is what fits it, a folder is the modules in it.
 * Throws LIMBECK_LOAD_FAILED for a path where there is nothing.
 */
export function findModels(paths: ModelPaths, root = ''): ModelSources {
  const base = path.resolve(root)
  const sources = [paths].flat().flatMap((given) => {
    const found = sourcesAt(given, base)
    if (found.length > 0) return found
    throw nothingThere(given, base)
  })
  return { sources: [...new Set(sources)], root: base }
}

function sourcesAt(given: string, root: string): readonly string[] {
  const file = path.resolve(root, given)
  if (existsSync(file)) return statSync(file).isDirectory() ? modulesIn(file) : [file]
  if (isPattern(given)) return matching(file)
  const named = moduleEnds.map((end) => file + end).find((each) => existsSync(each))
  if (named !== undefined) return [named]
  return isPackage(given) ? [given] : []
}

/** A path as another working directory has to name it: an absolute path, unless only a package is called so. */
export function pathFrom(root: string, given: string): string {
  const [only, ...others] = isPattern(given) ? [] : sourcesAt(given, root)
  return only === given && others.length === 0 ? given : path.resolve(root, given)
}

const modulesIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && isModule(entry.name))
    .map(({ name }) => path.join(folder, name))
    .toSorted()

const isPattern = (given: string) => /[*?{}[\]]/.test(given)

const isPackage = (given: string) =>
  /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?:\/[\w./-]+)?$/.test(given) &&
  !moduleEnds.includes(path.extname(given))

/** Modules below the part of the pattern that has no wildcard. */
function matching(pattern: string): readonly string[] {
  const parts = pattern.split(path.sep)
  const fixed = parts.slice(0, Math.max(parts.findIndex(isPattern), 1)).join(path.sep) || path.sep
  const fits = toRegExp(parts.join('/'))
  return [...filesBelow(fixed)]
    .filter((file) => isModule(file) && fits.test(file.split(path.sep).join('/')))
    .toSorted()
}

function* filesBelow(folder: string): Generator<string> {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isFolderAt(file))
    if (!isFolder) yield file
    else if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) yield* filesBelow(file)
  }
}

const isFolderAt = (file: string) => existsSync(file) && statSync(file).isDirectory()

/** `**`, `*`, `?`, `{a,b}`, `[ab]`, as shells and drizzle-kit know them. */
function toRegExp(pattern: string): RegExp {
  const wildcards: Readonly<Record<string, string>> = {
    '**/': '(?:[^/]+/)*',
    '**': '.*',
    '*': '[^/]*',
    '?': '[^/]',
  }
  const texts = alternatives(pattern).map((each) =>
    each.replace(
      /\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[\\^$.+()|[\]{}]/g,
      (found) => wildcards[found] ?? (found.length > 1 ? found.replace('[!', '[^') : `\\${found}`),
    ),
  )
  return new RegExp(`^(?:${texts.join('|')})$`)
}

/** One pattern for each choice of `{a,b}`. */
function alternatives(pattern: string): readonly string[] {
  const found = /\{([^{}]*)\}/.exec(pattern)
  if (found === null) return [pattern]
  const [whole, inside = ''] = found
  return inside.split(',').flatMap((each) => alternatives(pattern.replace(whole, () => each)))
}

function nothingThere(given: string, root: string): LimbeckError {
  const file = path.resolve(root, given)
  const what = isPattern(given) ? 'no module matches this pattern' : 'module not found'
  return new LimbeckError('LIMBECK_LOAD_FAILED', `${path.basename(given)}: ${what} (${file})`, {
    file,
    hint:
      unbuiltAt(file) ??
      'Correct `models`: a file, a list of files, a pattern, a folder, or the name of a package.',
  })
}

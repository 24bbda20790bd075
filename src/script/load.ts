import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LimbeckError } from '../errors.ts'
import { importFile } from '../unbundled.ts'
import { bundledFile } from './bundle.ts'
import { importHint } from './import-hint.ts'
import { invalidFile, locationOf } from './invalid-file.ts'
import type { RevisionModule } from './revision-module.ts'
import type { Script } from './script.ts'

/** The exports of a module, by name. */
export type Exports = Readonly<Record<string, unknown>>

/**
 * Runs a TypeScript or JavaScript module and returns its exports: by Node itself where it strips types, else by jiti, which
 * also knows the paths of tsconfig.json. What is no absolute path is a package that the project in `root` has installed. A
 * module is run once per process. Throws LIMBECK_LOAD_FAILED with file, cause and line.
 */
export async function loadModule(file: string, root?: string): Promise<Exports> {
  if (isAbsolute(file)) {
    try {
      return await importFile(file)
    } catch (cause) {
      if (!isLeftToJiti(cause)) throw loadFailed(file, cause)
    }
  }
  try {
    return await importWithJiti(file, root)
  } catch (cause) {
    throw cause instanceof LimbeckError ? cause : loadFailed(file, cause)
  }
}

/**
 * Runs a `.ts` revision's module and returns its bodies. Throws LIMBECK_LOAD_FAILED when it cannot be run,
 * and LIMBECK_INVALID_FILE when its exports are not what its header says.
 */
export async function loadRevision<Context>(script: Script): Promise<RevisionModule<Context>> {
  const { file } = script
  const found: Partial<RevisionModule<Context>> =
    bundledFile(file)?.load?.() ?? (await loadModule(file))
  const parents = found.downRevision == null ? [] : [found.downRevision].flat()
  if (found.revision !== script.id || parents.join() !== script.parents.join()) {
    const fact = 'exports another "revision" or "downRevision" than its text says'
    throw invalidFile(file, undefined, fact, 'Restart the process if the file has been edited.')
  }
  for (const name of ['upgrade', 'downgrade'] as const) {
    if (typeof found[name] === 'function') continue
    if (name === 'downgrade' && found[name] === undefined && script.irreversible !== null) continue
    const hint = `Write "export async function ${name}(ctx) { … }".`
    throw invalidFile(file, undefined, `exports no function "${name}"`, hint)
  }
  // The checks above hold it to the shape; what a body does with its context is its own affair.
  return found as RevisionModule<Context>
}

/** Runs a module by jiti, which also resolves what bundlers do: imports without extension, CommonJS. */
export async function importWithJiti(file: string, root?: string): Promise<Exports> {
  const jiti = await createLoader(isAbsolute(file) ? file : join(root ?? '.', 'package.json'))
  return await jiti.import<Exports>(file)
}

/** What a bundler of components looks at: without one they throw, to say so. */
const markers = { 'server-only': {}, 'client-only': {} }

/** Tried out before it is used: what a bundler has left out of the loader is no fault of the file. */
async function createLoader(file: string) {
  try {
    const { createJiti } = await import('jiti')
    const create = (tsconfigPaths: boolean) => {
      const jiti = createJiti(pathToFileURL(file).href, {
        fsCache: false,
        tsconfigPaths,
        virtualModules: markers,
      })
      jiti.transform({ source: '', ts: true })
      return jiti
    }
    try {
      return create(true)
    } catch {
      // A tsconfig.json may extend what is not there, as in the image of one package: what has no alias loads all the same.
      return create(false)
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    throw new LimbeckError(
      'LIMBECK_LOAD_FAILED',
      `could not load the loader of TypeScript files: ${reason}`,
      {
        cause,
        hint: 'Put the revisions into a module with `npx limbeck bundle -o migrations.mjs` and pass it as the option bundle, pass the models themselves, or keep limbeck out of the bundle (external).',
      },
    )
  }
}

const LEFT_TO_JITI = new Set([
  // Node 20, and 22 before type stripping was on by default
  'ERR_UNKNOWN_FILE_EXTENSION',
  // enums, namespaces; a package that ships TypeScript
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  // imports without extension, as bundlers resolve them: models are often written so
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  // an alias of tsconfig.json that looks like a package, or like nothing that Node knows
  'ERR_INVALID_MODULE_SPECIFIER',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
])

// All of these are raised before the module's own code has begun to run, so a second try repeats nothing of it.
function isLeftToJiti(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && LEFT_TO_JITI.has(String(error.code))) return true
  if (/^This module cannot be imported from a \w+ Component module/.test(error.message)) return true
  return (
    error instanceof SyntaxError && /outside a module|Unexpected token 'export'/.test(error.message)
  )
}

/** LIMBECK_LOAD_FAILED for what importing `file` threw, with the line where it says one. */
export function loadFailed(file: string, cause: unknown): LimbeckError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const line = lineInStack(file, cause)
  const [summary = ''] = reason.split('\n', 1)
  return new LimbeckError('LIMBECK_LOAD_FAILED', `${locationOf(file, line)}: ${summary}`, {
    cause,
    file,
    hint: importHint(file, cause),
    ...(line === undefined ? {} : { line }),
  })
}

function lineInStack(file: string, cause: unknown): number | undefined {
  if (!(cause instanceof Error)) return undefined
  const text = `${cause.message}\n${cause.stack ?? ''}`
  for (const name of [file, pathToFileURL(file).href]) {
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
      const line = /^:(\d+)/.exec(text.slice(at + name.length))?.[1]
      if (line !== undefined) return Number(line)
    }
  }
  return undefined
}

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeOf } from '../database/server-error.ts'

/** A location in the project's own code. */
export interface CodeLocation {
  readonly file: string
  readonly line: number
}

/** Where the stack of an error leaves what Node and installed packages are made of: the module to look at. */
export function locationInStack(stack: string): CodeLocation | undefined {
  for (const [, url = '', line] of stack.matchAll(
    /^ +at (?:.*[( ])?((?:file:\/\/)?\/[^()\n]+?):(\d+):\d+/gm,
  )) {
    const file = url.startsWith('file:') ? fileURLToPath(url) : url
    if (!isOfOthers(file)) return { file, line: Number(line) }
  }
  return undefined
}

const isOfOthers = (file: string) => file.includes('/node_modules/')

/** What to do about what importing `file` threw, beginning with the module that threw it where that is another one. */
export function importHint(file: string, cause: unknown): string {
  const fallback = 'Correct the file so that it can be imported.'
  if (!(cause instanceof Error)) return fallback
  const missing = elsewhereHint(cause) ?? missingHint(file, cause)
  if (missing !== undefined) return missing
  const thrower = locationInStack(cause.stack ?? '')
  const what = thrownBy(cause)
  if (what === undefined && (thrower === undefined || thrower.file === file)) return fallback
  const isOther = thrower !== undefined && thrower.file !== file && path.isAbsolute(file)
  const where = isOther ? [`${nameFrom(file, thrower)} threw it while it was imported.`] : []
  return [...where, what ?? 'Correct it so that it can be imported.'].join(' ')
}

/** What modules of tables should be like. */
export const tablesAlone =
  'Keep tables in modules that import drizzle-orm and one another alone, and name these in `models`.'

/** Without a full stop. */
export const howToSetVariables =
  'Set them for this command: in .env beside limbeck.config.ts, or by `node --env-file=.env.local node_modules/.bin/limbeck …`'

/** The location as it is written beside `file`. */
export function nameFrom(file: string, { file: other, line }: CodeLocation): string {
  return `${path.relative(path.dirname(file), other)}:${line}`
}

/** What the module does that importing it should not. */
function thrownBy(cause: Error): string | undefined {
  if (codeOf(cause) === 'EADDRINUSE')
    return `A server is started by the import, on a port that is taken. ${tablesAlone}`
  if (/^(?:ECONNREFUSED|ENOTFOUND|ETIMEDOUT|28P01|3D000)$/.test(codeOf(cause)))
    return `A connection is opened by the import. ${tablesAlone}`
  const isValidation = cause.name === 'ZodError' || cause.name === 'ValiError'
  if (isValidation || /\benv(?:ironment)?\b|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.test(cause.message))
    return `Environment variables are checked by the import. ${howToSetVariables} (with t3-env, SKIP_ENV_VALIDATION=1 where the project looks at it). Or: ${tablesAlone.replace('Keep', 'keep')}`
  return undefined
}

/** For what only another runtime or a bundler has: `bun:sqlite`, `cloudflare:workers`, `$env/static/private`, a style sheet. */
function elsewhereHint({ message }: Error): string | undefined {
  const wanted =
    /Cannot find (?:module|package) '(\$[\w-]+\/[^']*|(?!file:|node:)[a-z-]{2,}:[^/\\'][^']*)'/.exec(
      message,
    )?.[1] ?? /^Unknown file extension "(?!\.[cm]?tsx?")(?:\.[^"]+)" for (.+)$/m.exec(message)?.[1]
  if (wanted === undefined) return undefined
  return `${path.isAbsolute(wanted) ? path.basename(wanted) : wanted} is for another runtime, or for a bundler. ${tablesAlone}`
}

const notFound = /Cannot find (?:module|package) '([^']+)'/

/** For a module that is not there: whether its package is not installed, or not built. */
function missingHint(file: string, cause: Error): string | undefined {
  if (!/MODULE_NOT_FOUND|PACKAGE_PATH_NOT_EXPORTED/.test(codeOf(cause))) return undefined
  const wanted =
    notFound.exec(cause.message)?.[1] ??
    /defined in (.*)[/\\]package\.json/.exec(cause.message)?.[1]
  if (wanted === undefined) return undefined
  const asked = wanted.startsWith('file:') ? fileURLToPath(wanted) : wanted
  const name = packageOf(asked)
  if (name === undefined) return undefined
  const folder = packageFolder(
    name,
    path.dirname(path.isAbsolute(file) ? file : path.resolve(file)),
  )
  if (folder === undefined)
    return `Install it, \`npm install ${name}\`; or if ${name} is an alias, name it in \`paths\` of the tsconfig.json beside the models.`
  return unbuiltHint(name, folder)
}

/** For a file that is not there: how to build the package that names it. */
export function unbuiltAt(file: string): string | undefined {
  const inside = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)
  const [, folder = ''] = inside ?? []
  const name = readManifest(folder)?.name
  return name === undefined ? undefined : unbuiltHint(name, realpathSync(folder))
}

/** The package that is asked for, by name or by a file in it. */
function packageOf(wanted: string): string | undefined {
  const inside = wanted.split('/node_modules/').at(-1) ?? ''
  if (path.isAbsolute(inside)) return manifestAbove(inside)?.name
  return /^(?:@[\w.-]+\/)?[\w-][\w.-]*/.exec(inside)?.[0]
}

/** A workspace package is often named by where it really is. */
function manifestAbove(file: string): { readonly name?: string } | undefined {
  for (let at = file; at !== path.dirname(at); at = path.dirname(at)) {
    const manifest = readManifest(at)
    if (manifest !== undefined) return manifest
  }
  return undefined
}

function packageFolder(name: string, from: string): string | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name)
    if (existsSync(path.join(folder, 'package.json'))) return realpathSync(folder)
    if (at === path.dirname(at)) return undefined
  }
}

interface Manifest {
  readonly name?: string
  readonly main?: string
  readonly module?: string
  readonly exports?: unknown
  readonly scripts?: Readonly<Record<string, string>>
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

/** Undefined where all that its package.json names is there. */
function unbuiltHint(name: string, folder: string): string | undefined {
  const { main, module, exports, scripts = {} } = readManifest(folder) ?? {}
  const named = [...new Set([main, module, ...filesIn(exports)].flatMap((each) => each ?? []))]
  const gone = named.find((each) => !each.includes('*') && !existsSync(path.join(folder, each)))
  if (gone === undefined) return undefined
  const fact = `The package ${name} is installed, and what its package.json names is not there: ${gone}.`
  if (folder.includes('/node_modules/')) return `${fact} Install it again.`
  const build = scripts.build === undefined ? 'Build it' : `Build it, ${buildCommand(name, folder)}`
  return `${fact} ${build}; or name the modules of its tables in \`models\`, as '${path.join(folder, 'src/schema.ts')}'.`
}

/** The files of `exports` that code is read from. */
function filesIn(exports: unknown): readonly string[] {
  if (typeof exports === 'string') return [exports]
  if (typeof exports !== 'object' || exports === null) return []
  return Object.entries(exports).flatMap(([key, value]) => (key === 'types' ? [] : filesIn(value)))
}

function buildCommand(name: string, folder: string): string {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    if (existsSync(path.join(at, 'pnpm-lock.yaml'))) return `\`pnpm --filter ${name} build\``
    if (existsSync(path.join(at, 'yarn.lock'))) return `\`yarn workspace ${name} build\``
    if (existsSync(path.join(at, 'bun.lock'))) return `\`bun run --filter ${name} build\``
  }
  return `\`npm run build -w ${name}\``
}
